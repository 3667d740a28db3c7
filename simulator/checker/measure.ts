import { indexEvidence } from './evidence-index.ts';
import type { EvidenceIndex } from './evidence-index.ts';
import type { Evidence } from './evidence.ts';
import { appearancesOf } from './facts/appearances.ts';
import { eventDelays } from './facts/delays.ts';
import type { EventDelay } from './facts/delays.ts';
import { duplicatesPublished } from './facts/duplicates.ts';
import { isHeldByQuarantine, releasedEvents } from './facts/quarantine.ts';
import { relayShares } from './facts/relay-work.ts';
import { outOfSequence } from './invariants/effects-in-sequence.ts';
import { DELAY_GROUPS } from './measurements.ts';
import type {
  ConsumerCounts,
  DelayColumns,
  EventCounts,
  Measurements,
  OrderCounts,
  PartialMeasurements,
} from './measurements.ts';
import { mergeMeasurements } from './merge-measurements.ts';
import { isPhantom } from './invariants/no-phantoms.ts';
import { lostWithoutRow, standingOf } from './invariants/nothing-lost.ts';
import { doubledEffects } from './invariants/one-effect.ts';

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
  return {
    applied: evidence.inbox.rows.filter((row) => row.consumer === consumer).length,
    duplicatesSeen: evidence.eventRecords.length - evidence.logByEvent.size,
    duplicateEffects: doubledEffects(effects).reduce((sum, group) => sum + group.length - 1, 0),
    outOfOrder: outOfSequence(effects).length,
    parked: orders.filter(({ parkedReason }) => parkedReason !== null).length,
  };
};

const columnsOf = (delays: readonly EventDelay[]): DelayColumns => ({
  createdAt: Float64Array.from(delays, ({ row }) => row.createdAt),
  publishMs: Float64Array.from(delays, ({ publishMs }) => publishMs ?? NaN),
  endToEndMs: Float64Array.from(delays, ({ endToEndMs }) => endToEndMs ?? NaN),
  group: Float64Array.from(delays, ({ group }) => DELAY_GROUPS.indexOf(group)),
  wholeWayGroup: Float64Array.from(delays, ({ wholeWayGroup }) => DELAY_GROUPS.indexOf(wholeWayGroup)),
});

/** What some orders amount to, in numbers. */
export const measureIndexed = (index: EvidenceIndex): PartialMeasurements => ({
  orders: countOrders(index),
  events: countEvents(index),
  consumers: Object.fromEntries(index.run.consumers.map((consumer) => [consumer, countConsumer(index, consumer)])),
  relays: relayShares(index),
  delays: columnsOf(eventDelays(index)),
  placedAt: Float64Array.from(index.orders.rows, ({ placedAt }) => placedAt),
  appendedAt: Float64Array.from(index.log.rows, ({ appendedAt }) => appendedAt),
});

/** What a run amounts to, in numbers. Judges nothing. */
export const measure = (evidence: Evidence): Measurements =>
  mergeMeasurements(evidence, [measureIndexed(indexEvidence(evidence))]);
