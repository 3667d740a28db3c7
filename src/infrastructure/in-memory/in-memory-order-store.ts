import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { OrderStore, StaleVersion, VersionedOrder } from '../../application/ports/order-store.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { OrderId } from '../../domain/order/values.ts';
import { tablesOf } from './in-memory-unit-of-work.ts';

export class InMemoryOrderStore implements OrderStore {
  load(tx: Transaction, orderId: OrderId): TE.TaskEither<never, O.Option<VersionedOrder>> {
    return TE.fromIO(() => O.fromNullable(tablesOf(tx).orders.get(orderId)));
  }

  save(tx: Transaction, next: VersionedOrder, expectedVersion: number): TE.TaskEither<StaleVersion, void> {
    return TE.fromIOEither(() => {
      const { orders } = tablesOf(tx);
      const { orderId } = next.order;
      if ((orders.get(orderId)?.version ?? 0) !== expectedVersion)
        return E.left({ _tag: 'StaleVersion', orderId, expected: expectedVersion });
      orders.set(orderId, next);
      return E.right(undefined);
    });
  }
}
