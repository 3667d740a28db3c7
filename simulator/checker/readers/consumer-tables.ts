import * as t from 'io-ts';
import type { ParkedRow } from '../evidence.ts';
import type { RowSink } from '../spill/spill.ts';
import { DateTime, inSnapshot, nullable, readInChunks, readRows } from './mysql-rows.ts';

/** What need not be about any order; the rows of orders went into the sink. */
export interface ConsumerTables {
  readonly parked: readonly ParkedRow[];
}

const text = t.string;
const int = t.number;

const Effect = t.type({
  id: int,
  consumer: text,
  eventId: text,
  orderId: text,
  sequence: int,
  kind: text,
  appliedAt: DateTime,
  detail: nullable(text),
});
const EFFECTS = `
  SELECT id, consumer, event_id AS eventId, order_id AS orderId, sequence, kind, applied_at AS appliedAt,
         CAST(detail AS CHAR) AS detail
  FROM effects`;

const Inbox = t.type({
  consumer: text,
  eventId: text,
  orderId: text,
  sequence: int,
  skipped: int,
  appliedAt: DateTime,
});
const INBOX = `
  SELECT consumer, event_id AS eventId, order_id AS orderId, sequence, skipped, applied_at AS appliedAt
  FROM inbox`;

const Waiting = t.type({ id: int, consumer: text, eventId: text, orderId: text, sequence: int });
const WAITING = 'SELECT id, consumer, event_id AS eventId, order_id AS orderId, sequence FROM inbox_waiting';

const Parked = t.type({
  consumer: text,
  orderId: nullable(text),
  eventId: nullable(text),
  partition: int,
  offset: int,
  reason: text,
});
const PARKED = `
  SELECT consumer, order_id AS orderId, event_id AS eventId, kafka_partition AS \`partition\`,
         kafka_offset AS \`offset\`, reason
  FROM inbox_parked_records`;

const ConsumerOrder = t.type({
  consumer: text,
  orderId: text,
  lastSequence: int,
  baselineSequence: nullable(int),
  parkedReason: nullable(text),
});
const CONSUMER_ORDERS = `
  SELECT consumer, order_id AS orderId, last_sequence AS lastSequence, baseline_sequence AS baselineSequence,
         IF(parked_at IS NULL, NULL, COALESCE(parked_reason, '')) AS parkedReason
  FROM inbox_orders`;

const Callback = t.type({
  id: int,
  consumer: text,
  eventId: text,
  orderId: text,
  name: text,
  status: t.union([t.literal('pending'), t.literal('delivered'), t.literal('refused')]),
  answerStatus: nullable(int),
  createdAt: DateTime,
  finishedAt: nullable(DateTime),
});
const CALLBACKS = `
  SELECT id, consumer, event_id AS eventId, order_id AS orderId, name, status, answer_status AS answerStatus,
         created_at AS createdAt, finished_at AS finishedAt
  FROM callbacks`;

/** Reads one consumer's tables in one consistent snapshot, row by row. @throws when the database or a row cannot be read. */
export const readConsumerTables = (mysqlUrl: string, sink: RowSink): Promise<ConsumerTables> =>
  inSnapshot(mysqlUrl, async (connection) => {
    const byId = { key: ['id'], keyOf: ({ id }: { readonly id: number }) => [id] };
    await readInChunks(connection, { row: Effect, select: EFFECTS, ...byId }, (row) => sink.add('effects', row));
    await readInChunks(
      connection,
      {
        row: Inbox,
        select: INBOX,
        key: ['consumer', 'event_id'],
        keyOf: ({ consumer, eventId }) => [consumer, eventId],
      },
      (row) => sink.add('inbox', { ...row, skipped: row.skipped === 1 }),
    );
    await readInChunks(connection, { row: Waiting, select: WAITING, ...byId }, (row) => sink.add('waiting', row));
    await readInChunks(
      connection,
      {
        row: ConsumerOrder,
        select: CONSUMER_ORDERS,
        key: ['consumer', 'order_id'],
        keyOf: ({ consumer, orderId }) => [consumer, orderId],
      },
      (row) => sink.add('consumerOrders', row),
    );
    await readInChunks(connection, { row: Callback, select: CALLBACKS, ...byId }, (row) => sink.add('callbacks', row));
    return { parked: await readRows(connection, Parked, PARKED) };
  });
