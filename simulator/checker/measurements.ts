import type { Distribution } from './facts/distribution.ts';
import type { RelayShare, RelayWork } from './facts/relay-work.ts';

export interface OrderCounts {
  readonly requested: number;
  /** Requests to place that were answered 2xx, 4xx, and never. */
  readonly accepted: number;
  readonly rejected: number;
  readonly unknown: number;
  /** Orders that ended so. */
  readonly delivered: number;
  readonly cancelled: number;
}

export interface EventCounts {
  readonly committed: number;
  /** Different events in the log. */
  readonly published: number;
  readonly lost: number;
  readonly phantom: number;
  readonly duplicatesPublished: number;
  readonly outOfOrder: number;
  readonly gaps: number;
  readonly quarantined: number;
  readonly held: number;
  readonly pending: number;
  readonly skipped: number;
  /** Ever quarantined or held behind such an event, and published in the end. */
  readonly released: number;
}

export interface ConsumerCounts {
  readonly applied: number;
  /** Repeats in the log that it had to drop. Repeated deliveries of one record leave no trace and are not counted. */
  readonly duplicatesSeen: number;
  readonly duplicateEffects: number;
  readonly outOfOrder: number;
  /** Orders it has parked now, and records without an order that it parked. */
  readonly parked: number;
}

export interface DelayFigures {
  /** Of all events that were neither quarantined nor held. */
  readonly all: Distribution;
  /** Of those on whose way nothing was broken that they need: for the publishing, consumers do not count. */
  readonly calm: Distribution;
  readonly underFaults: Distribution;
}

/** One entry for each event of the outbox, in no order. NaN: it did not arrive. */
export interface DelayColumns {
  readonly createdAt: Float64Array;
  readonly publishMs: Float64Array;
  readonly endToEndMs: Float64Array;
  /** Index into `DELAY_GROUPS`, for the publishing and for the whole way. */
  readonly group: Float64Array;
  readonly wholeWayGroup: Float64Array;
}

export const DELAY_GROUPS = ['calm', 'fault', 'released'] as const;

export interface Measurements {
  readonly orders: OrderCounts;
  readonly events: EventCounts;
  readonly consumers: Readonly<Record<string, ConsumerCounts>>;
  /** How the relays shared the lanes and the events. */
  readonly relays: readonly RelayWork[];
  readonly publishDelayMs: DelayFigures;
  readonly endToEndMs: DelayFigures;
  /** For drawing: every delay with its time. */
  readonly delays: DelayColumns;
  /** For drawing: when orders were placed and records appended. */
  readonly placedAt: Float64Array;
  readonly appendedAt: Float64Array;
}

/** The same for some of the orders. */
export type PartialMeasurements = Omit<Measurements, 'publishDelayMs' | 'endToEndMs' | 'relays'> & {
  readonly relays: readonly RelayShare[];
};
