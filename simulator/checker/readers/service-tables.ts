import * as t from 'io-ts';
import type { PurgeRow } from '../evidence.ts';
import type { RowSink } from '../spill/spill.ts';
import { DateTime, inSnapshot, nullable, readInChunks, readRows } from './mysql-rows.ts';

/** What is about no single order; the rows of orders went into the sink. */
export interface ServiceTables {
  readonly purges: readonly PurgeRow[];
  /** On the database's clock. */
  readonly readAt: number;
}

const text = t.string;
const int = t.number;

const Order = t.type({
  orderId: text,
  version: int,
  status: text,
  customerId: text,
  totalMinor: int,
  paidMinor: nullable(int),
  paymentReference: nullable(text),
  trackingNumber: nullable(text),
  receivedBy: nullable(text),
  cancelReason: nullable(text),
  placedAt: DateTime,
});
const ORDERS = `
  SELECT order_id AS orderId, version, status, customer_id AS customerId, total_minor AS totalMinor,
         paid_minor AS paidMinor, payment_reference AS paymentReference, tracking_number AS trackingNumber,
         received_by AS receivedBy, cancel_reason AS cancelReason, placed_at AS placedAt
  FROM orders`;

const Event = t.type({
  eventId: text,
  orderId: text,
  sequence: int,
  type: text,
  version: int,
  occurredAt: DateTime,
  payloadSha256: text,
  payloadBytes: int,
  headersText: text,
  attempts: int,
  lastError: nullable(text),
  createdAt: DateTime,
});
// The payload is hashed where it lies: CAST gives the UTF-8 bytes of the utf8mb4 column.
const EVENT = `
  event_id AS eventId, order_id AS orderId, sequence, type, version, occurred_at AS occurredAt,
  SHA2(CAST(payload AS BINARY), 256) AS payloadSha256, LENGTH(payload) AS payloadBytes, headers AS headersText,
  attempts, last_error AS lastError, created_at AS createdAt`;

const Outbox = t.intersection([
  Event,
  t.type({
    id: int,
    status: t.union([t.literal('PENDING'), t.literal('COMPLETED'), t.literal('QUARANTINED')]),
    nextAttemptAt: nullable(DateTime),
    heldBy: nullable(int),
    publishedAt: nullable(DateTime),
    partition: int,
    offset: nullable(int),
  }),
]);
const OUTBOX = `
  SELECT ${EVENT}, id, status, next_attempt_at AS nextAttemptAt, held_by AS heldBy, published_at AS publishedAt,
         kafka_partition AS \`partition\`, kafka_offset AS \`offset\`
  FROM outbox`;

const Skipped = t.intersection([
  Event,
  t.type({ skippedAt: DateTime, skippedBy: text, reason: text, replacementEventId: text }),
]);
const SKIPPED = `
  SELECT ${EVENT}, skipped_at AS skippedAt, skipped_by AS skippedBy, reason,
         replacement_event_id AS replacementEventId
  FROM outbox_skipped`;

const Attempt = t.type({ id: int, eventId: text, attempt: int, failedAt: DateTime, error: text });
const ATTEMPTS = 'SELECT id, event_id AS eventId, attempt, failed_at AS failedAt, error FROM outbox_attempts';

const Audit = t.type({
  id: int,
  at: DateTime,
  actor: text,
  action: t.union([t.literal('redrive'), t.literal('skip'), t.literal('purge')]),
  eventId: nullable(text),
  reason: nullable(text),
});
const AUDIT = 'SELECT id, at, actor, action, event_id AS eventId, reason FROM operator_audit';

const Purge = t.type({ id: int, at: DateTime, actor: text, cutoff: DateTime, purgedRows: int });
const PURGES = 'SELECT id, at, actor, cutoff, purged_rows AS purgedRows FROM outbox_purges';

const Now = t.type({ now: DateTime });

const Texts = t.record(t.string, t.string);
const parseHeaders = (json: string): Readonly<Record<string, string>> | null => {
  try {
    const parsed: unknown = JSON.parse(json);
    return Texts.is(parsed) && !Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
};
const withHeaders = <Row extends { readonly headersText: string }>({
  headersText,
  ...row
}: Row): Omit<Row, 'headersText'> & { readonly headers: Readonly<Record<string, string>> | null } => ({
  ...row,
  headers: parseHeaders(headersText),
});

/** Reads the service's tables in one consistent snapshot, row by row. @throws when the database or a row cannot be read. */
export const readServiceTables = (mysqlUrl: string, sink: RowSink): Promise<ServiceTables> =>
  inSnapshot(mysqlUrl, async (connection) => {
    const byId = { key: ['id'], keyOf: ({ id }: { readonly id: number }) => [id] };
    const byEvent = { key: ['event_id'], keyOf: ({ eventId }: { readonly eventId: string }) => [eventId] };
    await readInChunks(
      connection,
      { row: Order, select: ORDERS, key: ['order_id'], keyOf: ({ orderId }) => [orderId] },
      (row) => sink.add('orders', row),
    );
    await readInChunks(connection, { row: Outbox, select: OUTBOX, ...byId }, (row) =>
      sink.add('outbox', withHeaders(row)),
    );
    await readInChunks(connection, { row: Skipped, select: SKIPPED, ...byEvent }, (row) =>
      sink.add('skipped', withHeaders(row)),
    );
    await readInChunks(connection, { row: Attempt, select: ATTEMPTS, ...byId }, (row) => sink.add('attempts', row));
    await readInChunks(connection, { row: Audit, select: AUDIT, ...byId }, (row) => sink.add('audit', row));
    const purges = await readRows(connection, Purge, PURGES);
    const [clock] = await readRows(connection, Now, 'SELECT UTC_TIMESTAMP(6) AS now');
    if (clock === undefined) throw new Error('the database told no time');
    return { purges, readAt: clock.now };
  });
