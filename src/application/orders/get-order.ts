import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { OrderNotFound } from '../../domain/order/errors.ts';
import type { OrderId } from '../../domain/order/values.ts';
import type { OrderStore, VersionedOrder } from '../ports/order-store.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';

/** One order as last committed. */
export class GetOrder {
  constructor(private readonly ports: { readonly unitOfWork: UnitOfWork; readonly orders: OrderStore }) {}

  get(orderId: OrderId): TaskEither<OrderNotFound | UnitOfWorkError, VersionedOrder> {
    return pipe(
      // It only reads: running it twice is harmless.
      this.ports.unitOfWork.run({ action: 'get order', rerunAfterUnknownCommit: true }, (tx) =>
        this.ports.orders.load(tx, orderId),
      ),
      TE.flatMap(TE.fromOption((): OrderNotFound => ({ _tag: 'OrderNotFound', orderId }))),
    );
  }
}
