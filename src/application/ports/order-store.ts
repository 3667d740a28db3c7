import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Order } from '../../domain/order/order.ts';
import type { OrderId } from '../../domain/order/values.ts';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

export interface VersionedOrder {
  readonly order: Order;
  /** Sequence of the order's last event, from 1. */
  readonly version: number;
}

/** Another transaction changed the order after it was loaded. */
export interface StaleVersion {
  readonly _tag: 'StaleVersion';
  readonly orderId: OrderId;
  readonly expected: number;
}

/** Optimistic: `save` fails with `StaleVersion` unless the stored version is `expectedVersion` (0: no order yet). */
export interface OrderStore {
  load(tx: Transaction, orderId: OrderId): TaskEither<StorageUnavailable, Option<VersionedOrder>>;
  save(
    tx: Transaction,
    next: VersionedOrder,
    expectedVersion: number,
  ): TaskEither<StorageUnavailable | StaleVersion, void>;
}
