import { indexEvidence } from '../checker/evidence-index.ts';
import type { EvidenceIndex } from '../checker/evidence-index.ts';
import type { Evidence } from '../checker/evidence.ts';
import { eventDelays } from '../checker/facts/delays.ts';
import type { EventDelay } from '../checker/facts/delays.ts';
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

/** Orders that are worth a look for one reason, each once. */
interface Kind {
  readonly because: string;
  readonly orderIds: readonly string[];
}

const kind = (because: string, orderIds: readonly (string | null | undefined)[]): Kind => ({
  because,
  orderIds: [...new Set(orderIds)].filter((orderId) => orderId !== null && orderId !== undefined),
});

const wholeWayMs = ({ endToEndMs }: EventDelay): number => endToEndMs ?? Infinity;

const slowestIn = (index: EvidenceIndex): readonly EventDelay[] =>
  eventDelays(index)
    .filter(({ group }) => group !== 'released')
    .sort((a, b) => wholeWayMs(b) - wholeWayMs(a))
    .slice(0, SLOWEST);

/** First the quarantined, then slow, repeated and unanswered ones. `slowest`: events, of which there are few. */
const kindsIn = (index: EvidenceIndex, slowest: readonly EventDelay[]): readonly Kind[] => [
  kind(
    'quarantined',
    quarantinedEvents(index).map(({ orderId }) => orderId),
  ),
  kind(
    'slowest',
    slowest.map(({ row }) => row.orderId),
  ),
  kind(
    'published twice',
    duplicatesPublished(index).map(({ key }) => key),
  ),
  kind(
    'answer lost',
    index.history.rows.filter(({ outcome }) => outcome === 'unknown').map(({ orderId }) => orderId),
  ),
  kind(
    'sent more than once',
    index.history.rows.filter(({ sent }) => sent > 1).map(({ orderId }) => orderId),
  ),
];

/** Some of each kind. */
const reasonsIn = (index: EvidenceIndex, breaking: Reasons): Reasons => {
  const reasons = new Map(breaking);
  for (const { because, orderIds } of kindsIn(index, slowestIn(index)))
    for (const orderId of orderIds.slice(0, MAX_OF_A_KIND)) if (!reasons.has(orderId)) reasons.set(orderId, because);
  return reasons;
};

/** Those of the slowest events of each shard that belong to the slowest of all shards so far; of equals the first. */
const slowestSoFar = (): ((shard: EvidenceIndex) => readonly EventDelay[]) => {
  let records: readonly number[] = [];
  return (shard) => {
    const entering = slowestIn(shard).filter(
      (delay, place) => records.filter((ms) => ms >= wholeWayMs(delay)).length + place < SLOWEST,
    );
    records = [...records, ...entering.map(wholeWayMs)].sort((a, b) => b - a).slice(0, SLOWEST);
    return entering;
  };
};

/**
 * Names orders that may be shown, shard by shard: in a small run all, in a large one few besides the interesting, and of
 * those no more than the report has room for, however many shards there are.
 */
export const worthALook = (): ((shard: EvidenceIndex) => Iterable<string>) => {
  let room = MAX_ORDERS;
  const named = new Map<string, number>();
  const slowest = slowestSoFar();
  return (shard) => {
    const others = shard.orders.rows.slice(0, room).map(({ orderId }) => orderId);
    room -= others.length;
    const interesting = kindsIn(shard, slowest(shard)).flatMap(({ because, orderIds }) => {
      if (because === 'slowest') return orderIds;
      const before = named.get(because) ?? 0;
      const some = orderIds.slice(0, MAX_OF_A_KIND - before);
      named.set(because, before + some.length);
      return some;
    });
    return [...interesting, ...others];
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
