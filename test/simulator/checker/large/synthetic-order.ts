import type {
  CallbackRow,
  ClientOperation,
  ConsumerOrderRow,
  EffectRow,
  Evidence,
  InboxRow,
  LogRecord,
  OrderRow,
  OutboxRow,
} from '../../../../simulator/checker/evidence.ts';
import { partitionOf } from '../../../../simulator/checker/murmur2.ts';
import { sha256 } from '../../../../simulator/checker/readers/read-record.ts';
import { aRun, customer, DELIVERED, eventId, orderId, PARTITIONS, recordOf, START } from '../evidence-builder.ts';

const CONSUMERS = ['payment', 'shipping'] as const;
const ORDERS_PER_SECOND = 50;
/** The whole life of an order, and its steps. */
const STEP_MS = 200;

export interface SyntheticOrder {
  readonly placed: ClientOperation;
  readonly row: OrderRow;
  readonly outbox: readonly OutboxRow[];
  readonly log: readonly LogRecord[];
  readonly effects: readonly EffectRow[];
  readonly inbox: readonly InboxRow[];
  readonly consumerOrders: readonly ConsumerOrderRow[];
  readonly callbacks: readonly CallbackRow[];
}

const placedAt = (number: number): number => START + 1_000 + (number * 1_000) / ORDERS_PER_SECOND;

const outboxRow = (number: number, step: number, type: string, nextOffset: number[]): OutboxRow => {
  const id = orderId(number + 1);
  const partition = partitionOf(id, PARTITIONS);
  const offset = nextOffset[partition] ?? 0;
  nextOffset[partition] = offset + 1;
  const createdAt = placedAt(number) + step * STEP_MS;
  return {
    id: number * DELIVERED.length + step + 1,
    eventId: eventId(number + 1, step + 1),
    orderId: id,
    sequence: step + 1,
    type,
    version: 1,
    occurredAt: createdAt,
    payloadSha256: sha256(`${number}/${step}`),
    payloadBytes: 400,
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    attempts: 0,
    lastError: null,
    createdAt,
    status: 'COMPLETED',
    nextAttemptAt: null,
    heldBy: null,
    publishedAt: createdAt + 6,
    partition,
    offset,
  };
};

/** Everything that is told of one delivered order, numbered from 0. Takes its offsets from `nextOffset`. */
export const anOrder = (number: number, nextOffset: number[]): SyntheticOrder => {
  const outbox = DELIVERED.map((type, step) => outboxRow(number, step, type, nextOffset));
  const at = placedAt(number);
  const id = orderId(number + 1);
  const effects = outbox.slice(0, 3).map((row, index) => ({
    id: number * 3 + index + 1,
    consumer: index === 0 ? CONSUMERS[0] : CONSUMERS[1],
    eventId: row.eventId,
    orderId: id,
    sequence: row.sequence,
    kind: `effect-${index}`,
    appliedAt: row.createdAt + 9,
    detail: null,
  }));
  return {
    placed: {
      index: number,
      kind: 'place',
      idempotencyKey: `key-${number}`,
      orderId: id,
      marker: customer(number + 1),
      invokedAt: at - 10,
      completedAt: at + 10,
      sent: 1,
      outcome: 'ok',
      status: 201,
      totalMinor: 1_000,
    },
    row: {
      orderId: id,
      version: DELIVERED.length,
      status: 'delivered',
      customerId: customer(number + 1),
      totalMinor: 1_000,
      paidMinor: 1_000,
      paymentReference: `payment-${number}`,
      trackingNumber: `tracking-${number}`,
      receivedBy: 'the front desk',
      cancelReason: null,
      placedAt: at,
    },
    outbox,
    log: outbox.map((row) => recordOf(row, { offset: row.offset ?? 0, appendedAt: Math.floor(row.createdAt) + 4 })),
    effects,
    inbox: CONSUMERS.flatMap((consumer) =>
      outbox.map(({ eventId: event, sequence, createdAt }) => ({
        consumer,
        eventId: event,
        orderId: id,
        sequence,
        skipped: false,
        appliedAt: createdAt + 9,
      })),
    ),
    consumerOrders: CONSUMERS.map((consumer) => ({
      consumer,
      orderId: id,
      lastSequence: DELIVERED.length,
      baselineSequence: null,
      parkedReason: null,
    })),
    callbacks: effects.map(({ consumer, eventId: event, kind, appliedAt }) => ({
      consumer,
      eventId: event,
      orderId: id,
      name: kind,
      status: 'delivered',
      answerStatus: 200,
      createdAt: appliedAt,
      finishedAt: appliedAt + 20,
    })),
  };
};

/** What is about no single order in a run of so many. */
export const frameFor = (orders: number, nextOffset: readonly number[]): Evidence => {
  const finishedAt = placedAt(orders) + 90_000;
  const small = aRun();
  return {
    ...small,
    run: { ...small.run, finishedAt, ordersRequested: orders, closedLoop: true },
    partitionEnds: { rows: nextOffset.map((logEnd, partition) => ({ partition, logStart: 0, logEnd })), missing: [] },
    committedOffsets: {
      rows: CONSUMERS.flatMap((consumer) => nextOffset.map((offset, partition) => ({ consumer, partition, offset }))),
      missing: [],
    },
    outboxReadAt: finishedAt,
  };
};
