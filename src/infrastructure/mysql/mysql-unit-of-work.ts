import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../application/ports/clock.ts';
import type { Random } from '../../application/ports/random.ts';
import { storageUnavailable } from '../../application/ports/storage-error.ts';
import type { CommitOutcomeUnknown } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError, UnitOfWorkOptions } from '../../application/ports/unit-of-work.ts';
import { systemClock } from '../clock.ts';
import type { MySqlConnection, SqlValue, WriteResult } from './mysql-connection.ts';
import { ConnectionGone, isCommitRefused, isConnectionLost, isDeadlock, isLockWaitTimeout } from './mysql-errors.ts';
import type { RerunCause } from './mysql-observer.ts';
import type { MySqlPool } from './mysql-pool.ts';

/** The connection of an open transaction, as adapters see it: statements only; BEGIN and COMMIT belong to the unit. */
export interface TransactionConnection {
  rows(sql: string, values?: readonly SqlValue[]): Promise<readonly unknown[]>;
  write(sql: string, values?: readonly SqlValue[]): Promise<WriteResult>;
  /** Like `write`, but a lock wait time-out (1205) is an answer for the caller and does not make the unit rerun. */
  writeOrLockTimeout(sql: string, values?: readonly SqlValue[]): Promise<WriteResult>;
}

const connections = new WeakMap<Transaction, TransactionConnection>();

/** Throws when `tx` has ended or comes from elsewhere: both are defects of the caller. */
export const connectionOf = (tx: Transaction): TransactionConnection => {
  const connection = connections.get(tx);
  if (connection === undefined) throw new TypeError('the transaction has ended, or is none of MySQL');
  return connection;
};

/** Nothing was committed, and a rerun may succeed. */
type Trouble =
  | { readonly _tag: 'Contention'; readonly cause: unknown }
  /** The session ended before COMMIT was sent. */
  | { readonly _tag: 'ConnectionLost'; readonly cause: unknown };

/** How one run of a unit ended. */
type Run<E, A> =
  | Trouble
  | { readonly _tag: 'Settled'; readonly result: Either<E, A> }
  | { readonly _tag: 'Unavailable'; readonly cause: unknown }
  | { readonly _tag: 'CommitUnknown'; readonly cause: unknown };

export interface MySqlUnitOfWorkOptions {
  /** Most reruns of one unit, whatever their reasons. Default 5. */
  readonly reruns?: number;
  /** No rerun begins later than this after the unit began. Default 5,000 ms. */
  readonly rerunForMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}

/**
 * Transactions at READ COMMITTED. Beside deadlock and lock wait, a session that ended before COMMIT was sent (killed,
 * server restarted) makes the unit rerun too: nothing of it was committed.
 */
export class MySqlUnitOfWork implements UnitOfWork {
  readonly #pool: MySqlPool;
  readonly #reruns: number;
  readonly #rerunForMs: number;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(pool: MySqlPool, options: MySqlUnitOfWorkOptions = {}) {
    this.#pool = pool;
    this.#reruns = options.reruns ?? 5;
    this.#rerunForMs = options.rerunForMs ?? 5_000;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? { next: Math.random };
  }

  run<E, A>(
    options: UnitOfWorkOptions,
    work: (tx: Transaction) => TaskEither<E, A>,
  ): TaskEither<E | UnitOfWorkError, A> {
    return () => this.#run(options, work);
  }

  async #run<E, A>(
    { action, rerunAfterUnknownCommit }: UnitOfWorkOptions,
    work: (tx: Transaction) => TaskEither<E, A>,
  ): Promise<Either<E | UnitOfWorkError, A>> {
    const startedAt = this.#clock.monotonic();
    let unknown: CommitOutcomeUnknown | undefined;
    for (let reruns = 0; ; reruns += 1) {
      const run = await this.#once(work);
      const last = reruns >= this.#reruns || this.#clock.monotonic() - startedAt >= this.#rerunForMs;
      switch (run._tag) {
        case 'Settled':
          return unknown !== undefined && E.isLeft(run.result) && isStorageUnavailable(run.result.left)
            ? E.left(unknown)
            : run.result;
        case 'Unavailable':
          return E.left(unknown ?? storageUnavailable(action, run.cause));
        case 'ConnectionLost':
          if (last) return E.left(unknown ?? storageUnavailable(action, run.cause));
          break;
        case 'Contention':
          if (last) return E.left(unknown ?? { _tag: 'ContentionExhausted', action, reruns, cause: run.cause });
          break;
        case 'CommitUnknown':
          // From here on "nothing was committed" can no longer be said, whatever the reruns meet.
          unknown ??= { _tag: 'CommitOutcomeUnknown', action, cause: run.cause };
          if (last || !rerunAfterUnknownCommit) return E.left(unknown);
          break;
      }
      await this.#clock.sleep(this.#random.next() * Math.min(10 * 2 ** reruns, 200));
      this.#pool.observer?.reran(rerunCause(run));
    }
  }

  async #once<E, A>(work: (tx: Transaction) => TaskEither<E, A>): Promise<Run<E, A>> {
    let connection: MySqlConnection;
    try {
      connection = await this.#pool.acquire();
    } catch (cause) {
      return { _tag: 'Unavailable', cause };
    }
    try {
      return await runOn(connection, work);
    } finally {
      connection.release();
    }
  }
}

const rerunCause = (run: Trouble | { readonly _tag: 'CommitUnknown' }): RerunCause => {
  switch (run._tag) {
    case 'ConnectionLost':
      return 'connection_lost';
    case 'CommitUnknown':
      return 'unknown_commit';
    case 'Contention':
      return isDeadlock(run.cause) ? 'deadlock' : 'lock_wait';
  }
};

const isStorageUnavailable = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && '_tag' in error && error._tag === 'StorageUnavailable';

/** Remembers what makes the unit rerun, met by any statement and whatever the adapter made of it. */
class WatchedConnection implements TransactionConnection {
  trouble: Trouble | undefined;
  readonly #connection: MySqlConnection;

  constructor(connection: MySqlConnection) {
    this.#connection = connection;
  }

  rows(sql: string, values?: readonly SqlValue[]): Promise<readonly unknown[]> {
    return this.#watch(this.#connection.rows(sql, values), true);
  }
  write(sql: string, values?: readonly SqlValue[]): Promise<WriteResult> {
    return this.#watch(this.#connection.write(sql, values), true);
  }
  writeOrLockTimeout(sql: string, values?: readonly SqlValue[]): Promise<WriteResult> {
    return this.#watch(this.#connection.write(sql, values), false);
  }

  async #watch<A>(answer: Promise<A>, lockWaitCounts: boolean): Promise<A> {
    try {
      return await answer;
    } catch (cause) {
      if (isDeadlock(cause) || (lockWaitCounts && isLockWaitTimeout(cause)))
        this.trouble ??= { _tag: 'Contention', cause };
      else if (isConnectionLost(cause)) this.trouble ??= { _tag: 'ConnectionLost', cause };
      throw cause;
    }
  }
}

const runOn = async <E, A>(
  connection: MySqlConnection,
  work: (tx: Transaction) => TaskEither<E, A>,
): Promise<Run<E, A>> => {
  try {
    await connection.write('START TRANSACTION');
  } catch (cause) {
    connection.destroy();
    return { _tag: isConnectionLost(cause) ? 'ConnectionLost' : 'Unavailable', cause };
  }
  const watched = new WatchedConnection(connection);
  const tx = Object.freeze({}) as Transaction;
  connections.set(tx, watched);
  let result: Either<E, A>;
  try {
    result = await work(tx)();
  } catch (thrown) {
    await rollBack(connection);
    if (watched.trouble !== undefined) return watched.trouble;
    throw thrown;
  } finally {
    connections.delete(tx);
  }
  if (watched.trouble === undefined && E.isRight(result)) return commit(connection, result);
  await rollBack(connection);
  return watched.trouble ?? { _tag: 'Settled', result };
};

/** A transaction that cannot be rolled back must not be handed on with its connection. */
const rollBack = async (connection: MySqlConnection): Promise<void> => {
  if (connection.gone) return;
  try {
    await connection.write('ROLLBACK');
  } catch {
    connection.destroy();
  }
};

const commit = async <E, A>(connection: MySqlConnection, result: Either<E, A>): Promise<Run<E, A>> => {
  try {
    await connection.write('COMMIT');
    return { _tag: 'Settled', result };
  } catch (cause) {
    if (cause instanceof ConnectionGone) return { _tag: 'ConnectionLost', cause };
    if (!isCommitRefused(cause)) {
      connection.destroy();
      return { _tag: 'CommitUnknown', cause };
    }
    await rollBack(connection);
    return { _tag: isDeadlock(cause) || isLockWaitTimeout(cause) ? 'Contention' : 'Unavailable', cause };
  }
};
