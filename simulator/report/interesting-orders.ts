import { indexEvidence } from '../checker/evidence-index.ts';
import type { EvidenceIndex } from '../checker/evidence-index.ts';
import type { Evidence } from '../checker/evidence.ts';
import { eventDelays } from '../checker/facts/delays.ts';
import { quarantinedEvents } from '../checker/facts/quarantine.ts';
import { duplicatesPublished } from '../checker/facts/duplicates.ts';
import type { Measurements } from '../checker/measurements.ts';
import { orderTimeline } from '../checker/order-timeline.ts';
import type { CheckResult, TimelineEntry } from '../checker/verdict.ts';

export interface ShownOrder {
  readonly orderId: string;
  /** Why it is worth a look; null: it stands for all the others. */
  readonly because: string | null;
  readonly status: string;
  readonly timeline: readonly TimelineEntry[];
}

export interface ShownOrders {
  readonly orders: readonly ShownOrder[];
  /** How many orders the run had. */
  readonly of: number;
}

const MAX_ORDERS = 400;
const MAX_OF_A_KIND = 40;
const SLOWEST = 10;

type Reasons = ReadonlyMap<string, string>;

/** First the quarantined, then slow, repeated and unanswered ones, some of each kind. */
const reasonsIn = (index: EvidenceIndex, breaking: Reasons): Reasons => {
  const reasons = new Map(breaking);
  const take = (because: string, orderIds: readonly (string | null | undefined)[]): void => {
    for (const orderId of [...new Set(orderIds)].slice(0, MAX_OF_A_KIND))
      if (orderId !== null && orderId !== undefined && !reasons.has(orderId)) reasons.set(orderId, because);
  };
  take(
    'quarantined',
    quarantinedEvents(index).map(({ orderId }) => orderId),
  );
  take(
    'slowest',
    eventDelays(index)
      .filter(({ group }) => group !== 'released')
      .sort((a, b) => (b.endToEndMs ?? Infinity) - (a.endToEndMs ?? Infinity))
      .slice(0, SLOWEST)
      .map(({ row }) => row.orderId),
  );
  take(
    'published twice',
    duplicatesPublished(index).map(({ key }) => key),
  );
  take(
    'answer lost',
    index.history.rows.filter(({ outcome }) => outcome === 'unknown').map(({ orderId }) => orderId),
  );
  take(
    'sent more than once',
    index.history.rows.filter(({ sent }) => sent > 1).map(({ orderId }) => orderId),
  );
  return reasons;
};

/** Names orders that may be shown, shard by shard: in a small run all, in a large one few besides the interesting. */
export const worthALook = (): ((shard: EvidenceIndex) => Iterable<string>) => {
  let room = MAX_ORDERS;
  return (shard) => {
    const others = shard.orders.rows.slice(0, room).map(({ orderId }) => orderId);
    room -= others.length;
    return [...reasonsIn(shard, new Map()).keys(), ...others];
  };
};

/**
 * The orders whose timelines go into the report: all of them in a small run; in a large one first those that
 * broke something, then quarantined, slow, repeated and unanswered ones. `evidence` may be an excerpt.
 */
export const interestingOrders = (evidence: Evidence, result: CheckResult, measured: Measurements): ShownOrders => {
  const index = indexEvidence(evidence);
  const breaking = new Map<string, string>();
  for (const { id, counterexample } of result.invariants)
    if (counterexample?.orderId !== undefined && !breaking.has(counterexample.orderId))
      breaking.set(counterexample.orderId, `breaks invariant ${id}`);
  const reasons = reasonsIn(index, breaking);
  const others = evidence.orders.rows.map(({ orderId }) => orderId).filter((orderId) => !reasons.has(orderId));
  const strangers = [...reasons.keys()].filter((orderId) => !index.orderById.has(orderId));
  return {
    of: measured.placedAt.length + strangers.length,
    orders: [...reasons.keys(), ...others].slice(0, MAX_ORDERS).map((orderId) => ({
      orderId,
      because: reasons.get(orderId) ?? null,
      status: index.orderById.get(orderId)?.status ?? 'no such order',
      timeline: orderTimeline(index, orderId),
    })),
  };
};
