import type { EvidenceIndex } from './evidence-index.ts';
import { indexEvidence } from './evidence-index.ts';
import type { Evidence } from './evidence.ts';
import { totalsOf } from './facts/totals.ts';
import { invariants } from './invariants/all.ts';
import { Judging } from './invariants/judging.ts';
import { orderTimeline } from './order-timeline.ts';
import type { CheckResult, InvariantResult, Verdict } from './verdict.ts';

export const overall = (results: readonly InvariantResult[]): Verdict => {
  if (results.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return results.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'pass';
};

/** Judges every invariant on evidence that is indexed already. */
export const checkIndexed = (index: EvidenceIndex): CheckResult => {
  const totals = totalsOf(index);
  const results = invariants.map((invariant) => {
    const judging = new Judging(invariant, index);
    judging.look(index);
    judging.conclude(totals, index);
    return judging.result((orderId) => orderTimeline(index, orderId));
  });
  return { verdict: overall(results), invariants: results };
};

/** Judges every invariant. Pure: the same evidence always gives the same result. */
export const check = (evidence: Evidence): CheckResult => checkIndexed(indexEvidence(evidence));
