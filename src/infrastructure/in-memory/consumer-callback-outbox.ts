import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type {
  CallbackOutbox,
  DeliveredCallback,
  FinalAnswer,
  RequestedCallback,
  StoredCallback,
} from '../../application/ports/consumer-callbacks.ts';
import { storageUnavailable } from '../../application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { UnitOfWorkError } from '../../application/ports/unit-of-work.ts';
import { consumerTablesOf } from './consumer-database.ts';
import type { CallbackRow, ConsumerDatabase, ConsumerTables } from './consumer-database.ts';

export class InMemoryCallbackOutbox implements CallbackOutbox {
  constructor(
    private readonly database: ConsumerDatabase,
    private readonly consumer: string,
  ) {}

  append(tx: Transaction, requested: readonly RequestedCallback[]): TaskEither<never, void> {
    return TE.fromIO(() => {
      const { callbacks } = consumerTablesOf(tx);
      for (const { origin, callback } of requested) {
        const { eventId, orderId, sequence, traceparent } = origin;
        const idempotencyKey = `${this.consumer}:${eventId}:${callback.name}`;
        if ([...callbacks.values()].some((row) => row.idempotencyKey === idempotencyKey)) continue;
        const id = this.database.nextId();
        const nextAttemptAt = this.database.now() + callback.delayMs;
        const traced = traceparent === undefined ? {} : { traceparent };
        const place = { id, eventId, orderId, sequence, idempotencyKey, ...traced };
        callbacks.set(id, { ...callback, ...place, attempts: 0, status: 'pending', nextAttemptAt, lastError: null });
      }
    });
  }

  claim(limit: number, leaseMs: number): TaskEither<UnitOfWorkError, readonly StoredCallback[]> {
    return this.change('claim callbacks', ({ callbacks }) => {
      const pending = [...callbacks.values()].filter(({ status }) => status === 'pending').sort((a, b) => a.id - b.id);
      const isHead = (row: CallbackRow): boolean =>
        !pending.some((one) => one.orderId === row.orderId && one.id < row.id);
      const due = pending.filter((row) => row.nextAttemptAt <= this.database.now() && isHead(row)).slice(0, limit);
      const nextAttemptAt = this.database.now() + leaseMs;
      return due.map((row) => {
        const claimed = { ...row, attempts: row.attempts + 1, nextAttemptAt };
        callbacks.set(row.id, claimed);
        return claimed;
      });
    });
  }

  delivered(answered: readonly DeliveredCallback[]): TaskEither<StorageUnavailable, void> {
    const ids = answered.map(({ id }) => id);
    return this.settle(ids, (row) => ({ ...row, status: 'delivered', lastError: null }));
  }

  giveBack(ids: readonly number[]): TaskEither<StorageUnavailable, void> {
    const nextAttemptAt = this.database.now();
    return this.settle(ids, (row) => ({ ...row, nextAttemptAt, attempts: row.attempts - 1 }));
  }

  retry(id: number, delayMs: number, error: string): TaskEither<StorageUnavailable, void> {
    return this.settle([id], (row) => ({ ...row, nextAttemptAt: this.database.now() + delayMs, lastError: error }));
  }

  refuse(tx: Transaction, id: number, { status, body }: FinalAnswer): TaskEither<never, boolean> {
    return TE.fromIO(() => {
      const { callbacks } = consumerTablesOf(tx);
      const row = callbacks.get(id);
      if (row?.status !== 'pending') return false;
      callbacks.set(id, { ...row, status: 'refused', lastError: `HTTP ${status} ${body}` });
      return true;
    });
  }

  private settle(
    ids: readonly number[],
    change: (row: CallbackRow) => CallbackRow,
  ): TaskEither<StorageUnavailable, void> {
    const work = this.change('settle callbacks', ({ callbacks }) => {
      for (const id of ids) {
        const row = callbacks.get(id);
        if (row?.status === 'pending') callbacks.set(id, change(row));
      }
    });
    return TE.mapLeft((error: UnitOfWorkError) => storageUnavailable(error.action, error.cause))(work);
  }

  private change<A>(action: string, work: (tables: ConsumerTables) => A): TaskEither<UnitOfWorkError, A> {
    return this.database.run({ action, rerunAfterUnknownCommit: true }, (tx) =>
      TE.fromIO(() => work(consumerTablesOf(tx))),
    );
  }
}
