import { overall } from './check.ts';
import { indexEvidence } from './evidence-index.ts';
import type { EvidenceIndex } from './evidence-index.ts';
import type { Evidence } from './evidence.ts';
import { excerptOf, joinExcerpts } from './excerpt.ts';
import { addTotals, totalsOf } from './facts/totals.ts';
import type { Totals } from './facts/totals.ts';
import { invariants } from './invariants/all.ts';
import { Judging } from './invariants/judging.ts';
import { measureIndexed } from './measure.ts';
import type { Measurements, PartialMeasurements } from './measurements.ts';
import { mergeMeasurements } from './merge-measurements.ts';
import { orderTimeline } from './order-timeline.ts';
import type { StoredEvidence } from './spill/stored-evidence.ts';
import type { CheckResult } from './verdict.ts';

export interface StoredCheck {
  readonly result: CheckResult;
  readonly measured: Measurements;
  /** All that is told of the orders that break something or are worth a look, and of none other. */
  readonly excerpt: Evidence;
}

/**
 * Judges evidence on disk shard by shard: the same verdict as `check` on all of it at once, in the memory of one
 * shard (and a few numbers for each event). `worthALook` names orders of a shard that a reader may want to see; it
 * must not name many.
 */
export const checkStored = async (
  stored: StoredEvidence,
  worthALook: (shard: EvidenceIndex) => Iterable<string>,
): Promise<StoredCheck> => {
  const { frame } = stored;
  const judgings = invariants.map((invariant) => new Judging(invariant, frame));
  const measured: PartialMeasurements[] = [];
  const excerpts: Evidence[] = [];
  let totals: Totals = totalsOf(indexEvidence(frame));
  for (const shard of stored.shards()) {
    const index = indexEvidence(shard);
    totals = addTotals(totals, totalsOf(index));
    for (const judging of judgings) judging.look(index);
    measured.push(measureIndexed(index));
    const shown = judgings.flatMap(({ orderId }) => orderId ?? []);
    excerpts.push(excerptOf(index, new Set([...shown, ...worthALook(index)])));
    // Lets signals and timers have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const results = judgings.map((judging) => {
    judging.conclude(totals);
    return judging.result((orderId) => orderTimeline(indexEvidence(stored.shardOf(orderId)), orderId));
  });
  return {
    result: { verdict: overall(results), invariants: results },
    measured: mergeMeasurements(frame, measured),
    excerpt: joinExcerpts(frame, excerpts),
  };
};
