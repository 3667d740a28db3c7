import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
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

/** Commits on Right; rolls back on Left, or on a throw, which it passes on. Its COMMIT never fails, its units never contend. */
export class InMemoryUnitOfWork implements UnitOfWork {
  /** `turns`: how its units stand to the others of the database, one after the other unless told otherwise. */
  constructor(
    private readonly database: InMemoryDatabase,
    private readonly turns: 'transact' | 'transactBeside' = 'transact',
  ) {}

  run<E, A>(
    _options: UnitOfWorkOptions,
    work: (tx: Transaction) => TaskEither<E, A>,
  ): TaskEither<E | UnitOfWorkError, A> {
    return () =>
      this.database[this.turns]<E | UnitOfWorkError, A>(async (tables) => {
        const tx = Object.freeze({}) as Transaction;
        openTransactions.set(tx, tables);
        try {
          return await work(tx)();
        } finally {
          openTransactions.delete(tx);
        }
      });
  }
}
