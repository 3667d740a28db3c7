import { indexEvidence } from './evidence-index.ts';
import type { EvidenceIndex } from './evidence-index.ts';
import type { Evidence } from './evidence.ts';
import { appearancesOf } from './facts/appearances.ts';
import { eventDelays } from './facts/delays.ts';
import type { EventDelay } from './facts/delays.ts';
import { distributionOf } from './facts/distribution.ts';
import type { Distribution } from './facts/distribution.ts';
import { duplicatesPublished } from './facts/duplicates.ts';
import { isHeldByQuarantine, releasedEvents } from './facts/quarantine.ts';
import { relayWork } from './facts/relay-work.ts';
import type { RelayWork } from './facts/relay-work.ts';
import { outOfSequence } from './invariants/effects-in-sequence.ts';
import { isPhantom } from './invariants/no-phantoms.ts';
import { lostWithoutRow, standingOf } from './invariants/nothing-lost.ts';
import { doubledEffects } from './invariants/one-effect.ts';

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

export interface Measurements {
  readonly orders: OrderCounts;
  readonly events: EventCounts;
  readonly consumers: Readonly<Record<string, ConsumerCounts>>;
  /** How the relays shared the lanes and the events. */
  readonly relays: readonly RelayWork[];
  readonly publishDelayMs: DelayFigures;
  readonly endToEndMs: DelayFigures;
  /** For drawing: every delay with its time. */
  readonly delays: readonly EventDelay[];
}

const countOrders = (evidence: Evidence): OrderCounts => {
  const placed = evidence.history.rows.filter(({ kind }) => kind === 'place');
  const ended = (outcome: string): number => placed.filter((operation) => operation.outcome === outcome).length;
  const now = (status: string): number => evidence.orders.rows.filter((order) => order.status === status).length;
  return {
    requested: evidence.run.ordersRequested,
    accepted: ended('ok'),
    rejected: ended('fail'),
    unknown: ended('unknown'),
    delivered: now('delivered'),
    cancelled: now('cancelled'),
  };
};

const countEvents = (evidence: EvidenceIndex): EventCounts => {
  const rows = evidence.outbox.rows;
  const appearances = [...evidence.logByOrder.keys()].map((orderId) => appearancesOf(evidence, orderId));
  const released = releasedEvents(evidence);
  const gone = lostWithoutRow(evidence).length;
  const isHeld = (orderId: string, sequence: number): boolean => isHeldByQuarantine(evidence, orderId, sequence);
  const pending = rows.filter(({ status }) => status === 'PENDING');
  const held = pending.filter(({ orderId, sequence }) => isHeld(orderId, sequence)).length;
  return {
    committed: rows.length + gone,
    published: evidence.logByEvent.size,
    lost: rows.filter((row) => standingOf(evidence, row) === 'lost').length + gone,
    phantom: evidence.eventRecords.filter((record) => isPhantom(evidence, record)).length,
    duplicatesPublished: duplicatesPublished(evidence).length,
    outOfOrder: appearances.reduce((sum, { late }) => sum + late.length, 0),
    gaps: appearances.reduce((sum, { gaps }) => sum + gaps.length, 0),
    quarantined: rows.filter(({ status }) => status === 'QUARANTINED').length,
    held,
    pending: pending.length - held,
    skipped: evidence.skipped.rows.length,
    released: rows.filter(({ eventId, status }) => status === 'COMPLETED' && released.has(eventId)).length,
  };
};

const countConsumer = (evidence: EvidenceIndex, consumer: string): ConsumerCounts => {
  const effects = evidence.effects.rows.filter((row) => row.consumer === consumer);
  const orders = evidence.consumerOrders.rows.filter((row) => row.consumer === consumer);
  const strays = evidence.parked.rows.filter((row) => row.consumer === consumer && row.orderId === null);
  return {
    applied: evidence.inbox.rows.filter((row) => row.consumer === consumer).length,
    duplicatesSeen: evidence.eventRecords.length - evidence.logByEvent.size,
    duplicateEffects: doubledEffects(effects).reduce((sum, group) => sum + group.length - 1, 0),
    outOfOrder: outOfSequence(effects).length,
    parked: orders.filter(({ parkedReason }) => parkedReason !== null).length + strays.length,
  };
};

interface GroupedDelay {
  readonly ms: number | null;
  readonly group: EventDelay['group'];
}

const figures = (delays: readonly GroupedDelay[]): DelayFigures => {
  const of = (...groups: readonly EventDelay['group'][]): Distribution =>
    distributionOf(delays.flatMap(({ ms, group }) => (ms !== null && groups.includes(group) ? [ms] : [])));
  return { all: of('calm', 'fault'), calm: of('calm'), underFaults: of('fault') };
};

/** What a run amounts to, in numbers. Judges nothing. */
export const measure = (evidence: Evidence): Measurements => {
  const index = indexEvidence(evidence);
  const delays = eventDelays(index);
  return {
    orders: countOrders(evidence),
    events: countEvents(index),
    consumers: Object.fromEntries(evidence.run.consumers.map((consumer) => [consumer, countConsumer(index, consumer)])),
    relays: relayWork(evidence),
    publishDelayMs: figures(delays.map(({ publishMs, group }) => ({ ms: publishMs, group }))),
    endToEndMs: figures(delays.map(({ endToEndMs, wholeWayGroup }) => ({ ms: endToEndMs, group: wholeWayGroup }))),
    delays,
  };
};
