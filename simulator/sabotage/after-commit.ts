import * as E from 'fp-ts/lib/Either.js';
import type { Transaction } from '../../src/application/ports/transaction.ts';
import type { UnitOfWork } from '../../src/application/ports/unit-of-work.ts';

/** A unit of work that does something more once it has committed, told the transaction of the run that did. */
export const afterCommit = (real: UnitOfWork, then: (tx: Transaction) => Promise<void>): UnitOfWork => ({
  run: (options, work) => async () => {
    let last: Transaction | undefined;
    const done = await real.run(options, (tx) => {
      last = tx;
      return work(tx);
    })();
    if (E.isRight(done) && last !== undefined) await then(last);
    return done;
  },
});
