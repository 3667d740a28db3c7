import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { CommitOutcomeUnknown, ContentionExhausted, StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

export type UnitOfWorkError = StorageUnavailable | CommitOutcomeUnknown | ContentionExhausted;

export interface UnitOfWorkOptions {
  /** Names the unit in errors and metrics. */
  readonly action: string;
  /**
   * Rerun the unit when the outcome of its COMMIT is unknown. Safe only when the unit recognises its own
   * earlier success (it claims an idempotency key first).
   */
  readonly rerunAfterUnknownCommit: boolean;
}

/**
 * Runs `work` in one transaction and owns its COMMIT: a Right commits, a Left or a throw rolls back.
 * After a deadlock (1213), a lock wait time-out (1205) or a session that ended before COMMIT was sent, the whole unit
 * is rerun from its start, a bounded number of times; so `work` must have no effect outside the transaction.
 * Once the outcome of a COMMIT was unknown, no later failure to reach the storage is reported as "nothing committed".
 */
export interface UnitOfWork {
  run<E, A>(
    options: UnitOfWorkOptions,
    work: (tx: Transaction) => TaskEither<E, A>,
  ): TaskEither<E | UnitOfWorkError, A>;
}
