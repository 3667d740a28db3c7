import { check } from '../../../simulator/checker/check.ts';
import type { Evidence, LogRecord, OutboxRow, Source, SourceName } from '../../../simulator/checker/evidence.ts';
import { partitionOf } from '../../../simulator/checker/murmur2.ts';
import type { InvariantResult } from '../../../simulator/checker/verdict.ts';

/*
 * Literal histories: `aRun` gives the evidence of a run in which all went well; a test changes the one thing it
 * is about. `orderId(1)` and `eventId(1, 2)` name the first order and its second event.
 */

export const START = Date.UTC(2026, 0, 31, 9, 30);
export const PARTITIONS = 6;

const digits = (n: number, length: number): string => String(n).padStart(length, '0');
export const orderId = (order: number): string => `00000000-0000-7000-8000-${digits(order, 12)}`;
export const eventId = (order: number, sequence: number): string =>
  `0000${digits(sequence, 4)}-0000-7000-8000-${digits(order, 12)}`;
export const customer = (order: number): string => `customer-${order}`;

const STATUS: Readonly<Record<string, string>> = {
  OrderPlaced: 'placed',
  OrderPaid: 'paid',
  OrderShipped: 'shipped',
  OrderDelivered: 'delivered',
  OrderCancelled: 'cancelled',
};
const KEBAB: Readonly<Record<string, string>> = {
  OrderPlaced: 'order-placed',
  OrderPaid: 'order-paid',
  OrderShipped: 'order-shipped',
  OrderDelivered: 'order-delivered',
  OrderCancelled: 'order-cancelled',
  EventSkipped: 'event-skipped',
};
export const DELIVERED = ['OrderPlaced', 'OrderPaid', 'OrderShipped', 'OrderDelivered'] as const;

const rows = <Row>(all: readonly Row[]): Source<Row> => ({ rows: all, missing: [] });
export const sha = (order: number, sequence: number): string =>
  digits(order, 32).replaceAll(/^0/g, 'a') + digits(sequence, 32);

/** The record that the contract asks for, for an outbox row. */
export const recordOf = (row: OutboxRow, place: Pick<LogRecord, 'offset' | 'appendedAt'>): LogRecord => ({
  partition: row.partition,
  ...place,
  key: row.orderId,
  valueSha256: row.payloadSha256,
  valueBytes: row.payloadBytes,
  headers: {
    ce_id: row.eventId,
    ce_type: row.type,
    ce_source: '/orderly/orders',
    ce_specversion: '1.0',
    ce_time: new Date(row.occurredAt).toISOString(),
    ce_subject: row.orderId,
    ce_partitionkey: row.orderId,
    ce_sequence: digits(row.sequence, 10),
    ce_dataschema: `urn:orderly:${KEBAB[row.type] ?? 'other'}:1`,
    'content-type': 'application/json',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
});

/** A run of orders in which everything went well; each order is given by the types of its events. */
export const aRun = (...orders: readonly (readonly string[])[]): Evidence => {
  const nextOffset = new Array<number>(PARTITIONS).fill(0);
  const outbox: OutboxRow[] = [];
  const log: LogRecord[] = [];
  const events = orders.flatMap((types, index) =>
    types.map((type, position) => ({ order: index + 1, sequence: position + 1, type })),
  );
  // Orders take turns, as they do in life.
  const inTurn = [...events].sort((a, b) => a.sequence - b.sequence || a.order - b.order);
  inTurn.forEach(({ order, sequence, type }, position) => {
    const createdAt = START + 1_000 + position * 20;
    const partition = partitionOf(orderId(order), PARTITIONS);
    const offset = nextOffset[partition] ?? 0;
    nextOffset[partition] = offset + 1;
    const row: OutboxRow = {
      id: position + 1,
      eventId: eventId(order, sequence),
      orderId: orderId(order),
      sequence,
      type,
      version: 1,
      occurredAt: createdAt,
      payloadSha256: sha(order, sequence),
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
    outbox.push(row);
    log.push(recordOf(row, { offset, appendedAt: createdAt + 4 }));
  });
  const consumers = ['payment', 'shipping'];
  const finishedAt = START + 30_000;
  return {
    run: {
      seed: 7,
      startedAt: START,
      finishedAt,
      topic: 'orders.events.v1',
      partitions: PARTITIONS,
      ordersRequested: orders.length,
      clockToleranceMs: 5,
      consumers,
    },
    history: rows(
      orders.map((_types, index) => ({
        index,
        kind: 'place',
        idempotencyKey: `key-${index + 1}`,
        orderId: orderId(index + 1),
        marker: customer(index + 1),
        invokedAt: START + 990 + index * 20,
        completedAt: START + 1_010 + index * 20,
        sent: 1,
        outcome: 'ok',
        status: 201,
        totalMinor: 1_000,
      })),
    ),
    orders: rows(
      orders.map((types, index) => ({
        orderId: orderId(index + 1),
        version: types.length,
        status: STATUS[types.at(-1) ?? ''] ?? '',
        customerId: customer(index + 1),
        totalMinor: 1_000,
        paidMinor: types.includes('OrderPaid') ? 1_000 : null,
        paymentReference: types.includes('OrderPaid') ? `payment-${index + 1}` : null,
        trackingNumber: types.includes('OrderShipped') ? `tracking-${index + 1}` : null,
        receivedBy: types.includes('OrderDelivered') ? `receiver-${index + 1}` : null,
        cancelReason: types.includes('OrderCancelled') ? `reason-${index + 1}` : null,
        placedAt: START + 1_000 + index * 20,
      })),
    ),
    outbox: rows(outbox),
    skipped: rows([]),
    attempts: rows([]),
    audit: rows([]),
    purges: rows([]),
    leases: rows(nextOffset.map((_, lane) => ({ at: START, name: `lane-${lane}`, owner: 'relay-1', epoch: 1 }))),
    quarantines: rows([]),
    backlog: rows([{ at: START + 500, pending: 0, held: 0, quarantined: 0 }]),
    log: rows(log),
    partitionEnds: rows(nextOffset.map((logEnd, partition) => ({ partition, logStart: 0, logEnd }))),
    effects: rows(
      outbox
        .filter(({ type }) => type === 'OrderPlaced' || type === 'OrderPaid')
        .map((row, index) => ({
          id: index + 1,
          consumer: row.type === 'OrderPlaced' ? 'payment' : 'shipping',
          eventId: row.eventId,
          orderId: row.orderId,
          sequence: row.sequence,
          kind: row.type === 'OrderPlaced' ? 'charged' : 'shipped',
          appliedAt: row.createdAt + 9,
          detail: null,
        })),
    ),
    inbox: rows(
      consumers.flatMap((consumer) =>
        outbox.map((row) => ({
          consumer,
          eventId: row.eventId,
          orderId: row.orderId,
          sequence: row.sequence,
          skipped: false,
          appliedAt: row.createdAt + 9,
        })),
      ),
    ),
    waiting: rows([]),
    parked: rows([]),
    consumerOrders: rows(
      consumers.flatMap((consumer) =>
        orders.map((types, index) => ({
          consumer,
          orderId: orderId(index + 1),
          lastSequence: types.length,
          baselineSequence: null,
          parkedReason: null,
        })),
      ),
    ),
    callbacks: rows([]),
    committedOffsets: rows(
      consumers.flatMap((consumer) => nextOffset.map((offset, partition) => ({ consumer, partition, offset }))),
    ),
    faults: rows([]),
    injected: rows([]),
    outboxReadAt: finishedAt,
  };
};

type RowOf<Name extends SourceName> = Evidence[Name]['rows'][number];

/** The same evidence with other rows in one source. */
export const withRows = <Name extends SourceName>(
  evidence: Evidence,
  name: Name,
  change: (all: readonly RowOf<Name>[]) => readonly RowOf<Name>[],
): Evidence => ({ ...evidence, [name]: { ...evidence[name], rows: change(evidence[name].rows) } });

/** The same evidence with one row changed. @throws when there is no such row, so that no test passes for nothing. */
export const withRow = <Name extends SourceName>(
  evidence: Evidence,
  name: Name,
  which: (row: RowOf<Name>) => boolean,
  change: Partial<RowOf<Name>>,
): Evidence => {
  if (!evidence[name].rows.some(which)) throw new Error(`no such row in ${name}`);
  return withRows(evidence, name, (all) => all.map((row) => (which(row) ? { ...row, ...change } : row)));
};

export const without = <Name extends SourceName>(
  evidence: Evidence,
  name: Name,
  which: (row: RowOf<Name>) => boolean,
): Evidence => {
  if (!evidence[name].rows.some(which)) throw new Error(`no such row in ${name}`);
  return withRows(evidence, name, (all) => all.filter((row) => !which(row)));
};

export const adding = <Name extends SourceName>(
  evidence: Evidence,
  name: Name,
  ...more: readonly RowOf<Name>[]
): Evidence => withRows(evidence, name, (all) => [...all, ...more]);

/** The same evidence with a gap in one source. */
export const unseen = (evidence: Evidence, name: SourceName, gap = 'it was not seen'): Evidence => ({
  ...evidence,
  [name]: { ...evidence[name], missing: [gap] },
});

/** Matches rows of one event, whatever their source calls it. */
export const ofEvent =
  (order: number, sequence: number) =>
  (row: { readonly eventId?: string | null; readonly headers?: Readonly<Record<string, string>> | null }): boolean =>
    (row.eventId ?? row.headers?.['ce_id']) === eventId(order, sequence);

export const ofOrder =
  (order: number) =>
  (row: { readonly orderId?: string | null; readonly key?: string | null }): boolean =>
    (row.orderId ?? row.key) === orderId(order);

/** Appends records behind what is in the log, at the partitions they name. */
export const appending = (
  evidence: Evidence,
  ...records: readonly (Omit<LogRecord, 'offset'> & { readonly offset?: number })[]
): Evidence =>
  records.reduce<Evidence>((before, record) => {
    const end = before.partitionEnds.rows.find(({ partition }) => partition === record.partition)?.logEnd ?? 0;
    const extended = withRow(before, 'partitionEnds', ({ partition }) => partition === record.partition, {
      logEnd: end + 1,
    });
    return adding(extended, 'log', { ...record, offset: end });
  }, evidence);

/** The judgement of one invariant. */
export const judged = (id: number, evidence: Evidence): InvariantResult => {
  const result = check(evidence).invariants.find((invariant) => invariant.id === id);
  if (result === undefined) throw new Error(`there is no invariant ${id}`);
  return result;
};

export const only = <A>(values: readonly A[]): A => {
  const [value] = values;
  if (value === undefined || values.length !== 1) throw new Error(`expected one value, got ${values.length}`);
  return value;
};
