import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { storageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError, UnitOfWorkOptions } from '../../application/ports/unit-of-work.ts';
import type { InMemoryDatabase, Tables } from './in-memory-database.ts';

const openTransactions = new WeakMap<Transaction, Tables>();

/** The tables as `tx` sees them. Throws when the transaction was not opened here or has ended. */
export const tablesOf = (tx: Transaction): Tables => {
  const tables = openTransactions.get(tx);
  if (tables === undefined) throw new Error('not an open in-memory transaction');
  return tables;
};

/** Commits on Right, rolls back on Left or throw. Its COMMIT never fails and its units never contend. */
export class InMemoryUnitOfWork implements UnitOfWork {
  constructor(private readonly database: InMemoryDatabase) {}

  run<E, A>(
    options: UnitOfWorkOptions,
    work: (tx: Transaction) => TE.TaskEither<E, A>,
  ): TE.TaskEither<E | UnitOfWorkError, A> {
    const unit = (): Promise<Either<E, A>> =>
      this.database.transact(async (tables) => {
        const tx = Object.freeze({}) as Transaction;
        openTransactions.set(tx, tables);
        try {
          return await work(tx)();
        } finally {
          openTransactions.delete(tx);
        }
      });
    return pipe(
      TE.tryCatch(unit, (cause) => storageUnavailable(options.action, cause)),
      TE.flatMapEither((outcome): Either<E | UnitOfWorkError, A> => outcome),
    );
  }
}
