import type { Evidence } from './evidence.ts';
import { invariants } from './invariants/all.ts';
import { judge } from './invariants/invariant.ts';
import { indexEvidence } from './evidence-index.ts';
import type { CheckResult, InvariantResult, Verdict } from './verdict.ts';

const overall = (results: readonly InvariantResult[]): Verdict => {
  if (results.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return results.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'pass';
};

/** Judges every invariant. Pure: the same evidence always gives the same result. */
export const check = (evidence: Evidence): CheckResult => {
  const index = indexEvidence(evidence);
  const results = invariants.map((invariant) => judge(invariant, index));
  return { verdict: overall(results), invariants: results };
};
