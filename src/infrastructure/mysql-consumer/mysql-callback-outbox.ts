import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type {
  CallbackOutbox,
  DeliveredCallback,
  FinalAnswer,
  RequestedCallback,
  StoredCallback,
} from '../../application/ports/consumer-callbacks.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError } from '../../application/ports/unit-of-work.ts';
import type { MySqlConnection } from '../mysql/mysql-connection.ts';
import type { MySqlPool } from '../mysql/mysql-pool.ts';
import { connectionOf } from '../mysql/mysql-unit-of-work.ts';
import { WholeNumber, decodeRows } from '../mysql/rows.ts';
import { storageAttempt } from '../mysql/storage-attempt.ts';

const Row = t.strict({
  id: WholeNumber,
  eventId: t.string,
  orderId: t.string,
  sequence: WholeNumber,
  name: t.string,
  method: t.keyof({ POST: null, PUT: null, PATCH: null, DELETE: null }),
  path: t.string,
  body: t.string,
  attempts: WholeNumber,
  traceparent: t.union([t.string, t.null]),
});

const Id = t.strict({ id: WholeNumber });

// SKIP LOCKED: two members never wait for each other's claim. Only the first unfinished callback of an order is
// taken, so a later one is sent after it, whoever sends. The indexes are forced: by statistics that lag behind a growing
// backlog, MySQL looked for that earlier one in `callbacks_due` and read the whole backlog for each row.
const CLAIM = `
  SELECT c.id, c.event_id AS eventId, c.order_id AS orderId, c.sequence, c.name, c.method, c.path, c.body, c.attempts,
    c.traceparent
    FROM callbacks c FORCE INDEX (callbacks_due)
   WHERE c.consumer = ? AND c.status = 'pending' AND c.next_attempt_at <= NOW(6)
     AND NOT EXISTS (SELECT 1 FROM callbacks e FORCE INDEX (callbacks_of_order)
                      WHERE e.consumer = c.consumer AND e.order_id = c.order_id AND e.status = 'pending' AND e.id < c.id)
   ORDER BY c.next_attempt_at
   LIMIT ? FOR UPDATE OF c SKIP LOCKED`;

const repeated = (row: string, rows: number): string => Array.from({ length: rows }, () => row).join(', ');

const insertRows = (rows: number): string => `
  INSERT INTO callbacks (consumer, event_id, order_id, sequence, name, method, path, body, traceparent, next_attempt_at)
  VALUES ${repeated('(?, ?, ?, ?, ?, ?, ?, ?, ?, NOW(6) + INTERVAL ? MICROSECOND)', rows)}
  ON DUPLICATE KEY UPDATE name = callbacks.name`;

// The list of answers leads and each row is found by its primary key, for the reason given in outbox-settle.ts.
const endRows = (rows: number): string => `
  UPDATE /*+ JOIN_PREFIX(answered) */ callbacks c FORCE INDEX (PRIMARY)
    JOIN (VALUES ${repeated('ROW(?, ?)', rows)}) AS answered (id, answer_status) ON c.id = answered.id
     SET c.status = 'delivered', c.answer_status = answered.answer_status, c.last_error = NULL, c.finished_at = NOW(6)
   WHERE c.status = 'pending'`;

// Read without locks, so that a retry waits for nobody who stores callbacks of the same order just now.
const FOLLOWERS = `
  SELECT e.id FROM callbacks c JOIN callbacks e FORCE INDEX (callbacks_of_order)
      ON e.consumer = c.consumer AND e.order_id = c.order_id AND e.status = 'pending' AND e.id > c.id
   WHERE c.id = ?`;

const PUT_OFF = `
  UPDATE callbacks f FORCE INDEX (PRIMARY) JOIN callbacks c ON c.id = ?
     SET f.next_attempt_at = GREATEST(f.next_attempt_at, c.next_attempt_at)
   WHERE f.id IN (?) AND f.status = 'pending'`;

const MAX_ERROR = 1_000;
const micros = (ms: number): number => Math.round(ms * 1_000);

/**
 * Later callbacks of the order cannot be sent before this one is. Left due, each claim of a long outage would read all
 * of them again before it finds one to take.
 */
const putOffFollowers = async (connection: MySqlConnection, id: number): Promise<void> => {
  const followers = decodeRows(Id, await connection.rows(FOLLOWERS, [id]));
  if (followers.length > 0) await connection.write(PUT_OFF, [id, followers.map((follower) => follower.id)]);
};

/** Callback rows of one consumer; all times on the database's clock. */
export class MySqlCallbackOutbox implements CallbackOutbox {
  constructor(
    private readonly pool: MySqlPool,
    private readonly unitOfWork: UnitOfWork,
    private readonly consumer: string,
  ) {}

  append(tx: Transaction, requested: readonly RequestedCallback[]): TaskEither<StorageUnavailable, void> {
    return storageAttempt('store callbacks', async () => {
      if (requested.length === 0) return;
      const values = requested.flatMap(({ origin: { eventId, orderId, sequence, traceparent = null }, callback }) => {
        const { name, method, path, body, delayMs } = callback;
        return [this.consumer, eventId, orderId, sequence, name, method, path, body, traceparent, micros(delayMs)];
      });
      await connectionOf(tx).write(insertRows(requested.length), values);
    });
  }

  claim(limit: number, leaseMs: number): TaskEither<UnitOfWorkError, readonly StoredCallback[]> {
    // After an unknown COMMIT the first claim may hold its rows; the rerun takes others and those come back later.
    return this.unitOfWork.run({ action: 'claim callbacks', rerunAfterUnknownCommit: true }, (tx) =>
      storageAttempt('claim callbacks', async () => {
        const due = decodeRows(Row, await connectionOf(tx).rows(CLAIM, [this.consumer, limit]));
        if (due.length === 0) return [];
        await connectionOf(tx).write(
          'UPDATE callbacks SET attempts = attempts + 1, next_attempt_at = NOW(6) + INTERVAL ? MICROSECOND WHERE id IN (?)',
          [micros(leaseMs), due.map(({ id }) => id)],
        );
        return due.map(({ traceparent, ...row }) => ({
          ...row,
          ...(traceparent === null ? {} : { traceparent }),
          attempts: row.attempts + 1,
          delayMs: 0,
          idempotencyKey: `${this.consumer}:${row.eventId}:${row.name}`,
        }));
      }),
    );
  }

  delivered(answered: readonly DeliveredCallback[]): TaskEither<StorageUnavailable, void> {
    if (answered.length === 0) return TE.right(undefined);
    const values = answered.flatMap(({ id, status }) => [id, status]);
    return this.write('settle callbacks', endRows(answered.length), values);
  }

  giveBack(ids: readonly number[]): TaskEither<StorageUnavailable, void> {
    if (ids.length === 0) return TE.right(undefined);
    return this.write(
      'give callbacks back',
      `UPDATE callbacks FORCE INDEX (PRIMARY) SET attempts = attempts - 1, next_attempt_at = NOW(6)
        WHERE id IN (?) AND status = 'pending' AND attempts > 0`,
      [ids],
    );
  }

  retry(id: number, delayMs: number, error: string): TaskEither<StorageUnavailable, void> {
    return storageAttempt('settle a callback', () =>
      this.pool.use(async (connection) => {
        await connection.write(
          `UPDATE callbacks SET next_attempt_at = NOW(6) + INTERVAL ? MICROSECOND, last_error = ?
            WHERE id = ? AND status = 'pending'`,
          [micros(delayMs), error.slice(0, MAX_ERROR), id],
        );
        await putOffFollowers(connection, id);
      }),
    );
  }

  refuse(tx: Transaction, id: number, { status, body }: FinalAnswer): TaskEither<StorageUnavailable, boolean> {
    return storageAttempt('refuse a callback', async () => {
      const { affectedRows } = await connectionOf(tx).write(
        `UPDATE callbacks SET status = 'refused', answer_status = ?, last_error = ?, finished_at = NOW(6)
          WHERE id = ? AND status = 'pending'`,
        [status, `HTTP ${status} ${body}`.slice(0, MAX_ERROR), id],
      );
      return affectedRows === 1;
    });
  }

  private write(
    action: string,
    sql: string,
    values: readonly (string | number | readonly number[])[],
  ): TaskEither<StorageUnavailable, void> {
    return TE.map(() => undefined)(
      storageAttempt(action, () => this.pool.use((connection) => connection.write(sql, values))),
    );
  }
}
