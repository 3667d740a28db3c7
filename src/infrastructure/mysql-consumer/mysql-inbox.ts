import { createHash } from 'node:crypto';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { IncomingEvent, ParkedRecord } from '../../application/ports/consumed-record.ts';
import type { Baseline, Inbox, InboxState, Parking } from '../../application/ports/inbox.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { MySqlPool } from '../mysql/mysql-pool.ts';
import { connectionOf } from '../mysql/mysql-unit-of-work.ts';
import { WholeNumber, decodeFirst, decodeRows } from '../mysql/rows.ts';
import { storageAttempt } from '../mysql/storage-attempt.ts';
import { INSERT_APPLIED, appliedRow } from './applied-row.ts';
import { noteAllApplied, readStates } from './mysql-inbox-batch.ts';
import { WAITING_COLUMNS, WaitingRow, eventOf } from './waiting-row.ts';

/** What MySQL answers for a comparison or a BOOLEAN. */
const Flag = t.union([t.literal(0), t.literal(1)]);

const StateRow = t.strict({
  lastSequence: WholeNumber,
  parked: Flag,
  applied: t.union([t.null, t.string]),
  waiting: t.union([t.null, t.string]),
  sequenceSkipped: Flag,
  purgedThrough: WholeNumber,
  othersWait: Flag,
});

// The lock comes first, by a statement of its own: at READ COMMITTED the SELECT after it then sees everything that
// an earlier holder of the lock has committed. An insert of a row that exists locks it as an update would.
const LOCK_ORDER =
  'INSERT INTO inbox_orders (consumer, order_id) VALUES (?, ?) ON DUPLICATE KEY UPDATE order_id = inbox_orders.order_id';

const STATE = `
  SELECT o.last_sequence AS lastSequence, o.purged_through AS purgedThrough,
         o.parked_at IS NOT NULL AS parked,
         (SELECT i.fingerprint FROM inbox i WHERE i.consumer = o.consumer AND i.event_id = ?) AS applied,
         (SELECT w.fingerprint FROM inbox_waiting w WHERE w.consumer = o.consumer AND w.event_id = ?) AS waiting,
         EXISTS (SELECT 1 FROM inbox s
                  WHERE s.consumer = o.consumer AND s.order_id = o.order_id AND s.sequence = ? AND s.skipped) AS sequenceSkipped,
         EXISTS (SELECT 1 FROM inbox_waiting w
                  WHERE w.consumer = o.consumer AND w.order_id = o.order_id AND w.event_id <> ?) AS othersWait
    FROM inbox_orders o
   WHERE o.consumer = ? AND o.order_id = ?`;

const DRAINABLE = `
  SELECT o.order_id AS orderId
    FROM inbox_orders o
    JOIN (SELECT order_id, MIN(sequence) AS head FROM inbox_waiting WHERE consumer = ? GROUP BY order_id) w
      ON w.order_id = o.order_id
   WHERE o.consumer = ? AND o.parked_at IS NULL AND w.head <= o.last_sequence + 1
   LIMIT ?`;

const PARKED = `
  SELECT order_id AS orderId
    FROM inbox_orders
   WHERE consumer = ? AND parked_at IS NOT NULL AND order_id > ? AND (? IS NULL OR parked_cause = ?)
   ORDER BY order_id LIMIT ?`;

const MAX_REASON = 1_000;

/** SHA-256 over the parts, each with its length, so that no two records share it by moving a boundary. */
const recordFingerprint = (record: ParkedRecord): string => {
  const hash = createHash('sha256');
  for (const part of [record.key, record.value, Buffer.from(record.headers)]) {
    hash.update(part === null ? 'null:' : `${part.length}:`);
    if (part !== null) hash.update(part);
  }
  return hash.digest('hex');
};

const base64 = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('base64');

/** The inbox of one consumer, in the tables of `migrations/`. */
export class MySqlInbox implements Inbox {
  constructor(
    private readonly pool: MySqlPool,
    private readonly consumer: string,
  ) {}

  lock(tx: Transaction, orderId: string): TaskEither<StorageUnavailable, void> {
    return storageAttempt('lock an order', async () => {
      await connectionOf(tx).write(LOCK_ORDER, [this.consumer, orderId]);
    });
  }

  stateFor(tx: Transaction, event: IncomingEvent): TaskEither<StorageUnavailable, InboxState> {
    return storageAttempt('read the inbox', async () => {
      const { consumer } = this;
      const { eventId, orderId, sequence } = event;
      await connectionOf(tx).write(LOCK_ORDER, [consumer, orderId]);
      const values = [eventId, eventId, sequence, eventId, consumer, orderId];
      const row = decodeFirst(StateRow, await connectionOf(tx).rows(STATE, values));
      if (row === undefined) throw new TypeError(`the locked row of order ${orderId} is gone`);
      return {
        lastSequence: row.lastSequence,
        parked: row.parked === 1,
        applied: row.applied ?? undefined,
        waiting: row.waiting ?? undefined,
        sequenceSkipped: row.sequenceSkipped === 1,
        purgedThrough: row.purgedThrough,
        othersWait: row.othersWait === 1,
      };
    });
  }

  statesFor(tx: Transaction, events: readonly IncomingEvent[]): TaskEither<StorageUnavailable, readonly InboxState[]> {
    return storageAttempt('read the inbox', () => readStates(connectionOf(tx), this.consumer, events));
  }

  recordAllApplied(tx: Transaction, events: readonly IncomingEvent[]): TaskEither<StorageUnavailable, void> {
    return storageAttempt('note events as applied', () => noteAllApplied(connectionOf(tx), this.consumer, events));
  }

  recordApplied(
    tx: Transaction,
    event: IncomingEvent,
    baseline: Baseline | undefined,
  ): TaskEither<StorageUnavailable, void> {
    return storageAttempt('note an event as applied', async () => {
      const { consumer } = this;
      const { eventId, orderId, sequence } = event;
      const connection = connectionOf(tx);
      await connection.write(INSERT_APPLIED, [[appliedRow(consumer, event)]]);
      await connection.write(
        `UPDATE inbox_orders
            SET last_sequence = ?, baseline_sequence = COALESCE(?, baseline_sequence), baseline_because = COALESCE(?, baseline_because)
          WHERE consumer = ? AND order_id = ?`,
        [sequence, baseline?.sequence ?? null, baseline?.because.slice(0, 500) ?? null, consumer, orderId],
      );
      await connection.write('DELETE FROM inbox_waiting WHERE consumer = ? AND event_id = ?', [consumer, eventId]);
    });
  }

  hold(tx: Transaction, event: IncomingEvent): TaskEither<StorageUnavailable, void> {
    return storageAttempt('store a waiting event', async () => {
      const { source } = event;
      await connectionOf(tx).write(
        `INSERT INTO inbox_waiting (consumer, ${WAITING_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE event_id = inbox_waiting.event_id`,
        [
          this.consumer,
          event.eventId,
          event.orderId,
          event.sequence,
          event.type,
          event.version,
          event.occurredAt,
          event.payload,
          JSON.stringify(event.headers),
          event.fingerprint,
          event.isSkip,
          source.topic,
          source.partition,
          source.offset,
        ],
      );
    });
  }

  discard(tx: Transaction, event: IncomingEvent): TaskEither<StorageUnavailable, void> {
    return storageAttempt('discard a waiting event', async () => {
      await connectionOf(tx).write('DELETE FROM inbox_waiting WHERE consumer = ? AND event_id = ?', [
        this.consumer,
        event.eventId,
      ]);
    });
  }

  park(tx: Transaction, { orderId, cause, reason, eventId }: Parking): TaskEither<StorageUnavailable, void> {
    return storageAttempt('park an order', async () => {
      const connection = connectionOf(tx);
      await connection.write(LOCK_ORDER, [this.consumer, orderId]);
      await connection.write(
        `UPDATE inbox_orders SET parked_at = NOW(6), parked_event_id = ?, parked_cause = ?, parked_reason = ?
          WHERE consumer = ? AND order_id = ? AND parked_at IS NULL`,
        [eventId, cause, reason.slice(0, MAX_REASON), this.consumer, orderId],
      );
    });
  }

  keep(tx: Transaction, record: ParkedRecord): TaskEither<StorageUnavailable, boolean> {
    return storageAttempt('keep a record', async () => {
      const { source, orderId, eventId, reason } = record;
      const key = [this.consumer, source.topic, source.partition, source.offset, recordFingerprint(record)];
      const connection = connectionOf(tx);
      const kept = await connection.rows(
        `SELECT 1 FROM inbox_parked_records
          WHERE consumer = ? AND topic = ? AND kafka_partition = ? AND kafka_offset = ? AND fingerprint = ? FOR UPDATE`,
        key,
      );
      if (kept.length > 0) return false;
      await connection.write(
        `INSERT INTO inbox_parked_records (consumer, topic, kafka_partition, kafka_offset, fingerprint,
                                           order_id, event_id, reason, record_key, record_value, record_headers)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, FROM_BASE64(?), FROM_BASE64(?), ?)`,
        [
          ...key,
          orderId,
          eventId,
          reason.slice(0, MAX_REASON),
          base64(record.key),
          base64(record.value),
          record.headers,
        ],
      );
      return true;
    });
  }

  nextWaiting(tx: Transaction, orderId: string): TaskEither<StorageUnavailable, IncomingEvent | undefined> {
    return storageAttempt('read a waiting event', async () => {
      const rows = await connectionOf(tx).rows(
        `SELECT ${WAITING_COLUMNS} FROM inbox_waiting w
          WHERE consumer = ? AND order_id = ?
            AND NOT EXISTS (SELECT 1 FROM inbox_orders o
                             WHERE o.consumer = w.consumer AND o.order_id = w.order_id AND o.parked_at IS NOT NULL)
          ORDER BY sequence, id LIMIT 1`,
        [this.consumer, orderId],
      );
      const row = decodeFirst(WaitingRow, rows);
      return row === undefined ? undefined : eventOf(row);
    });
  }

  release(tx: Transaction, orderId: string): TaskEither<StorageUnavailable, boolean> {
    return storageAttempt('release an order', async () => {
      const connection = connectionOf(tx);
      const { affectedRows } = await connection.write(
        `UPDATE inbox_orders SET parked_at = NULL, parked_event_id = NULL, parked_cause = NULL, parked_reason = NULL
          WHERE consumer = ? AND order_id = ? AND parked_at IS NOT NULL`,
        [this.consumer, orderId],
      );
      await connection.write(
        'UPDATE inbox_parked_records SET dismissed_at = NOW(6) WHERE consumer = ? AND order_id = ? AND dismissed_at IS NULL',
        [this.consumer, orderId],
      );
      return affectedRows > 0;
    });
  }

  parkedOrders({ cause, after, limit }: Parameters<Inbox['parkedOrders']>[0]): ReturnType<Inbox['parkedOrders']> {
    return storageAttempt('find parked orders', async () => {
      const rows = await this.pool.use((connection) =>
        connection.rows(PARKED, [this.consumer, after, cause ?? null, cause ?? null, limit]),
      );
      return decodeRows(t.strict({ orderId: t.string }), rows).map(({ orderId }) => orderId);
    });
  }

  drainable(limit: number): TaskEither<StorageUnavailable, readonly string[]> {
    return storageAttempt('find orders to drain', async () => {
      const rows = await this.pool.use((connection) =>
        connection.rows(DRAINABLE, [this.consumer, this.consumer, limit]),
      );
      return decodeRows(t.strict({ orderId: t.string }), rows).map(({ orderId }) => orderId);
    });
  }
}
