import { overall } from './check.ts';
import { counted } from './counted.ts';
import { indexEvidence } from './evidence-index.ts';
import type { EvidenceIndex } from './evidence-index.ts';
import type { Evidence } from './evidence.ts';
import { excerptOf, joinExcerpts } from './excerpt.ts';
import type { Excerpt } from './excerpt.ts';
import { addTotals, totalsOf } from './facts/totals.ts';
import type { Totals } from './facts/totals.ts';
import { invariants } from './invariants/all.ts';
import { Judging } from './invariants/judging.ts';
import { measureIndexed } from './measure.ts';
import type { Measurements, PartialMeasurements } from './measurements.ts';
import { mergeMeasurements } from './merge-measurements.ts';
import { orderTimeline } from './order-timeline.ts';
import { DamagedOnDisk } from './spill/damaged-on-disk.ts';
import type { StoredEvidence } from './spill/stored-evidence.ts';
import { withGap } from './spill/with-gap.ts';
import type { CheckResult } from './verdict.ts';

export interface StoredCheck {
  readonly result: CheckResult;
  readonly measured: Measurements;
  /** All that is told of the orders that break something or are worth a look, and of none other. */
  readonly excerpt: Evidence;
}

/** Undefined: it is damaged. */
const indexOf = (load: () => Evidence): EvidenceIndex | undefined => {
  try {
    return indexEvidence(load());
  } catch (cause) {
    if (cause instanceof DamagedOnDisk) return undefined;
    throw cause;
  }
};

/**
 * Judges evidence on disk shard by shard: the same verdict as `check` on all of it at once, in the memory of one
 * shard (and a few numbers for each event). A shard that is damaged on disk is left out, and makes every verdict that needs
 * it unknown; what the others prove stands, since no order is in two. `worthALook` names orders of a shard that a reader may want to see; it
 * must not name many.
 */
export const checkStored = async (
  stored: StoredEvidence,
  worthALook: (shard: EvidenceIndex) => Iterable<string>,
): Promise<StoredCheck> => {
  const judgings = invariants.map((invariant) => new Judging(invariant, stored.frame));
  const measured: PartialMeasurements[] = [];
  const excerpts: Excerpt[] = [];
  let totals: Totals = totalsOf(indexEvidence(stored.frame));
  let damaged = 0;
  for (let number = 0; number < stored.shardCount; number += 1) {
    const index = indexOf(() => stored.shard(number));
    if (index === undefined) {
      damaged += 1;
      continue;
    }
    totals = addTotals(totals, totalsOf(index));
    for (const judging of judgings) judging.look(index);
    measured.push(measureIndexed(index));
    const shown = judgings.flatMap(({ orderId }) => orderId ?? []);
    excerpts.push(excerptOf(index, new Set([...shown, ...worthALook(index)])));
    // Lets signals and timers have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const frame =
    damaged === 0
      ? stored.frame
      : withGap(stored.frame, `${damaged} of ${counted(stored.shardCount, 'part')} kept on disk came back damaged`);
  const results = judgings.map((judging) => {
    judging.conclude(totals, frame);
    return judging.result((orderId) => {
      const index = indexOf(() => stored.shardOf(orderId));
      return index === undefined ? [] : orderTimeline(index, orderId);
    });
  });
  return {
    result: { verdict: overall(results), invariants: results },
    measured: mergeMeasurements(frame, measured),
    excerpt: joinExcerpts(frame, excerpts),
  };
};
