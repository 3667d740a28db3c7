import * as t from 'io-ts';
import type { CallbackRow, ConsumerOrderRow, EffectRow, InboxRow, ParkedRow, WaitingRow } from '../evidence.ts';
import { DateTime, inSnapshot, nullable, readRows } from './mysql-rows.ts';

export interface ConsumerTables {
  readonly effects: readonly EffectRow[];
  readonly inbox: readonly InboxRow[];
  readonly waiting: readonly WaitingRow[];
  readonly parked: readonly ParkedRow[];
  readonly consumerOrders: readonly ConsumerOrderRow[];
  readonly callbacks: readonly CallbackRow[];
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

const Waiting = t.type({ consumer: text, eventId: text, orderId: text, sequence: int });
const WAITING = 'SELECT consumer, event_id AS eventId, order_id AS orderId, sequence FROM inbox_waiting';

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
  SELECT consumer, event_id AS eventId, order_id AS orderId, name, status, answer_status AS answerStatus,
         created_at AS createdAt, finished_at AS finishedAt
  FROM callbacks`;

/** One consumer's tables in one consistent snapshot. @throws when the database or a row cannot be read. */
export const readConsumerTables = (mysqlUrl: string): Promise<ConsumerTables> =>
  inSnapshot(mysqlUrl, async (connection) => ({
    effects: await readRows(connection, Effect, EFFECTS),
    inbox: (await readRows(connection, Inbox, INBOX)).map((row) => ({ ...row, skipped: row.skipped === 1 })),
    waiting: await readRows(connection, Waiting, WAITING),
    parked: await readRows(connection, Parked, PARKED),
    consumerOrders: await readRows(connection, ConsumerOrder, CONSUMER_ORDERS),
    callbacks: await readRows(connection, Callback, CALLBACKS),
  }));
