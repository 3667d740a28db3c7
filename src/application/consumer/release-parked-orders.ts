import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Inbox, ParkingCause } from '../ports/inbox.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';

const PAGE_ORDERS = 500;

/**
 * Ends the parking of every order that is parked for `cause` (no cause: for any), each in a transaction of its own, and
 * answers how many there were. Any process of the consumer may call it; running ones drain the orders with their next
 * sweeps. An order whose cause remains is parked again, and not met twice. After a Left, those released stay released;
 * the same call goes on with the others.
 */
export const releaseParkedOrders =
  (
    { inbox, unitOfWork }: { readonly inbox: Inbox; readonly unitOfWork: UnitOfWork },
    cause: ParkingCause | undefined,
  ): TaskEither<UnitOfWorkError, number> =>
  async () => {
    const options = { action: 'release an order', rerunAfterUnknownCommit: true };
    let released = 0;
    let after = '';
    for (;;) {
      const page = await inbox.parkedOrders({ cause, after, limit: PAGE_ORDERS })();
      if (E.isLeft(page)) return page;
      for (const orderId of page.right) {
        const done = await unitOfWork.run(options, (tx) => inbox.release(tx, orderId))();
        if (E.isLeft(done)) return done;
        if (done.right) released += 1;
        after = orderId;
      }
      if (page.right.length < PAGE_ORDERS) return E.right(released);
    }
  };
