import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type {
  Callback,
  CallbackOrigin,
  CallbackOutbox,
  FinalAnswer,
  StoredCallback,
} from '../../application/ports/consumer-callbacks.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError } from '../../application/ports/unit-of-work.ts';
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
});

// SKIP LOCKED: two members never wait for each other's claim. Only the first unfinished callback of an order is
// taken, so a later one is sent after it, whoever sends.
const CLAIM = `
  SELECT c.id, c.event_id AS eventId, c.order_id AS orderId, c.sequence, c.name, c.method, c.path, c.body, c.attempts
    FROM callbacks c
   WHERE c.consumer = ? AND c.status = 'pending' AND c.next_attempt_at <= NOW(6)
     AND NOT EXISTS (SELECT 1 FROM callbacks e
                      WHERE e.consumer = c.consumer AND e.order_id = c.order_id AND e.status = 'pending' AND e.id < c.id)
   ORDER BY c.next_attempt_at
   LIMIT ? FOR UPDATE OF c SKIP LOCKED`;

const MAX_ERROR = 1_000;
const micros = (ms: number): number => Math.round(ms * 1_000);

/** Callback rows of one consumer; all times on the database's clock. */
export class MySqlCallbackOutbox implements CallbackOutbox {
  constructor(
    private readonly pool: MySqlPool,
    private readonly unitOfWork: UnitOfWork,
    private readonly consumer: string,
  ) {}

  /** A callback that is there already (same event, same name) stays as it is. */
  append(
    tx: Transaction,
    { eventId, orderId, sequence }: CallbackOrigin,
    callbacks: readonly Callback[],
  ): TaskEither<StorageUnavailable, void> {
    return storageAttempt('store callbacks', async () => {
      for (const { name, method, path, body, delayMs } of callbacks)
        await connectionOf(tx).write(
          `INSERT INTO callbacks (consumer, event_id, order_id, sequence, name, method, path, body, next_attempt_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, NOW(6) + INTERVAL ? MICROSECOND)
           ON DUPLICATE KEY UPDATE name = callbacks.name`,
          [this.consumer, eventId, orderId, sequence, name, method, path, body, micros(delayMs)],
        );
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
        return due.map((row) => ({
          ...row,
          attempts: row.attempts + 1,
          delayMs: 0,
          idempotencyKey: `${this.consumer}:${row.eventId}:${row.name}`,
        }));
      }),
    );
  }

  delivered(id: number, status: number): TaskEither<StorageUnavailable, void> {
    return this.write(
      'settle a callback',
      `UPDATE callbacks SET status = 'delivered', answer_status = ?, last_error = NULL, finished_at = NOW(6)
        WHERE id = ? AND status = 'pending'`,
      [status, id],
    );
  }

  retry(id: number, delayMs: number, error: string): TaskEither<StorageUnavailable, void> {
    return this.write(
      'settle a callback',
      `UPDATE callbacks SET next_attempt_at = NOW(6) + INTERVAL ? MICROSECOND, last_error = ?
        WHERE id = ? AND status = 'pending'`,
      [micros(delayMs), error.slice(0, MAX_ERROR), id],
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
    values: readonly (string | number)[],
  ): TaskEither<StorageUnavailable, void> {
    return TE.map(() => undefined)(
      storageAttempt(action, () => this.pool.use((connection) => connection.write(sql, values))),
    );
  }
}
