import type { EvidenceIndex } from './evidence-index.ts';
import { indexEvidence } from './evidence-index.ts';
import type { Evidence } from './evidence.ts';
import { totalsOf } from './facts/totals.ts';
import { invariants } from './invariants/all.ts';
import type { Invariant } from './invariants/invariant.ts';
import { Judging } from './invariants/judging.ts';
import { orderTimeline } from './order-timeline.ts';
import type { CheckResult, InvariantResult, Verdict } from './verdict.ts';

export const overall = (results: readonly InvariantResult[]): Verdict => {
  if (results.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return results.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'pass';
};

/** Judges evidence that is indexed already by every invariant, or by those given. */
export const checkIndexed = (index: EvidenceIndex, judgedBy: readonly Invariant[] = invariants): CheckResult => {
  const totals = totalsOf(index);
  const results = judgedBy.map((invariant) => {
    const judging = new Judging(invariant, index);
    judging.look(index);
    judging.conclude(totals, index);
    return judging.result((orderId) => orderTimeline(index, orderId));
  });
  return { verdict: overall(results), invariants: results };
};

/** Judges by every invariant, or by those given. Pure: the same evidence always gives the same result. */
export const check = (evidence: Evidence, judgedBy?: readonly Invariant[]): CheckResult =>
  checkIndexed(indexEvidence(evidence), judgedBy);
