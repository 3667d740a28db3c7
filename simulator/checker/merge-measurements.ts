import type { Evidence } from './evidence.ts';
import { distributionOf } from './facts/distribution.ts';
import type { Distribution } from './facts/distribution.ts';
import { addShares } from './facts/relay-work.ts';
import { DELAY_GROUPS } from './measurements.ts';
import type {
  ConsumerCounts,
  DelayColumns,
  DelayFigures,
  EventCounts,
  Measurements,
  OrderCounts,
  PartialMeasurements,
} from './measurements.ts';

const sum = <Part>(parts: readonly Part[], pick: (part: Part) => number): number =>
  parts.reduce((total, part) => total + pick(part), 0);

const addOrders = (requested: number, parts: readonly OrderCounts[]): OrderCounts => ({
  requested,
  accepted: sum(parts, ({ accepted }) => accepted),
  rejected: sum(parts, ({ rejected }) => rejected),
  unknown: sum(parts, ({ unknown }) => unknown),
  delivered: sum(parts, ({ delivered }) => delivered),
  cancelled: sum(parts, ({ cancelled }) => cancelled),
});

const addEvents = (parts: readonly EventCounts[]): EventCounts => ({
  committed: sum(parts, ({ committed }) => committed),
  published: sum(parts, ({ published }) => published),
  lost: sum(parts, ({ lost }) => lost),
  phantom: sum(parts, ({ phantom }) => phantom),
  duplicatesPublished: sum(parts, ({ duplicatesPublished }) => duplicatesPublished),
  outOfOrder: sum(parts, ({ outOfOrder }) => outOfOrder),
  gaps: sum(parts, ({ gaps }) => gaps),
  quarantined: sum(parts, ({ quarantined }) => quarantined),
  held: sum(parts, ({ held }) => held),
  pending: sum(parts, ({ pending }) => pending),
  skipped: sum(parts, ({ skipped }) => skipped),
  released: sum(parts, ({ released }) => released),
});

const addConsumer = (parts: readonly ConsumerCounts[], strays: number): ConsumerCounts => ({
  applied: sum(parts, ({ applied }) => applied),
  duplicatesSeen: sum(parts, ({ duplicatesSeen }) => duplicatesSeen),
  duplicateEffects: sum(parts, ({ duplicateEffects }) => duplicateEffects),
  outOfOrder: sum(parts, ({ outOfOrder }) => outOfOrder),
  parked: sum(parts, ({ parked }) => parked) + strays,
});

const joined = (parts: readonly Float64Array[]): Float64Array => {
  const whole = new Float64Array(sum(parts, ({ length }) => length));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const joinColumns = (parts: readonly DelayColumns[]): DelayColumns => ({
  createdAt: joined(parts.map(({ createdAt }) => createdAt)),
  publishMs: joined(parts.map(({ publishMs }) => publishMs)),
  endToEndMs: joined(parts.map(({ endToEndMs }) => endToEndMs)),
  group: joined(parts.map(({ group }) => group)),
  wholeWayGroup: joined(parts.map(({ wholeWayGroup }) => wholeWayGroup)),
});

const figures = (ms: Float64Array, groups: Float64Array): DelayFigures => {
  const of = (...wanted: readonly (typeof DELAY_GROUPS)[number][]): Distribution => {
    const codes = wanted.map((group) => DELAY_GROUPS.indexOf(group));
    return distributionOf(ms.filter((value, at) => !Number.isNaN(value) && codes.includes(groups[at] ?? -1)));
  };
  return { all: of('calm', 'fault'), calm: of('calm'), underFaults: of('fault') };
};

/** The measurements of a run from those of its orders. Exact: the same however the orders were divided. */
export const mergeMeasurements = (
  { run, parked }: Pick<Evidence, 'run' | 'parked'>,
  parts: readonly PartialMeasurements[],
): Measurements => {
  const delays = joinColumns(parts.map((part) => part.delays));
  const consumer = (name: string): ConsumerCounts =>
    addConsumer(
      parts.flatMap(({ consumers }) => consumers[name] ?? []),
      parked.rows.filter((row) => row.consumer === name && row.orderId === null).length,
    );
  return {
    orders: addOrders(
      run.ordersRequested,
      parts.map(({ orders }) => orders),
    ),
    events: addEvents(parts.map(({ events }) => events)),
    consumers: Object.fromEntries(run.consumers.map((name) => [name, consumer(name)])),
    relays: addShares(parts.flatMap(({ relays }) => relays)),
    publishDelayMs: figures(delays.publishMs, delays.group),
    endToEndMs: figures(delays.endToEndMs, delays.wholeWayGroup),
    delays,
    placedAt: joined(parts.map(({ placedAt }) => placedAt)),
    appendedAt: joined(parts.map(({ appendedAt }) => appendedAt)),
  };
};
