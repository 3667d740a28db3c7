import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ParkingCause } from '../ports/inbox.ts';
import type { ParkedOrders } from '../ports/parked-orders.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { UnitOfWorkError } from '../ports/unit-of-work.ts';
import type { ConsumeRecord } from './consume-record.ts';

/** How many orders one request re-processes at most: it answers within a few seconds. */
export const MOST_ORDERS = 200;

/** Orders by their IDs, at most `MOST_ORDERS`; or those that are parked for longest, of one cause or of any. */
export type ParkedSelection = { readonly orderIds: readonly string[] } | { readonly cause: ParkingCause | undefined };

export interface Reprocessed {
  readonly done: readonly string[];
  /** Nothing was done to these. */
  readonly notParked: readonly string[];
  /** True when more orders are selected than one request re-processes: ask again for the others. */
  readonly more: boolean;
}

export interface ReprocessOrdersDependencies {
  readonly consume: Pick<ConsumeRecord, 'release'>;
  readonly parked: ParkedOrders;
}

interface Selected {
  readonly orderIds: readonly string[];
  readonly more: boolean;
}

/**
 * Ends the parking of many orders, each in a transaction of its own: a running consumer then tries their stored events
 * again, in sequence. To ask again is harmless: an order that is no longer parked is left alone. After a Left, those that
 * were released stay so.
 */
export class ReprocessOrders {
  constructor(private readonly dependencies: ReprocessOrdersDependencies) {}

  handle(selection: ParkedSelection): TaskEither<UnitOfWorkError, Reprocessed> {
    const { consume } = this.dependencies;
    return pipe(
      this.select(selection),
      TE.bindTo('selected'),
      TE.bindW('released', ({ selected }) =>
        pipe(
          selected.orderIds,
          TE.traverseSeqArray((orderId) => TE.map((done: boolean) => ({ orderId, done }))(consume.release(orderId))),
        ),
      ),
      TE.map(({ selected: { more }, released }) => ({
        done: released.filter(({ done }) => done).map(({ orderId }) => orderId),
        notParked: released.filter(({ done }) => !done).map(({ orderId }) => orderId),
        more,
      })),
    );
  }

  /** What `handle` would do; changes nothing. */
  rehearse(selection: ParkedSelection): TaskEither<StorageUnavailable, Reprocessed> {
    return pipe(
      this.select(selection),
      TE.bindTo('selected'),
      TE.bind('parked', ({ selected }) => this.dependencies.parked.among(selected.orderIds)),
      TE.map(({ selected: { orderIds, more }, parked }) => ({
        done: orderIds.filter((orderId) => parked.includes(orderId)),
        notParked: orderIds.filter((orderId) => !parked.includes(orderId)),
        more,
      })),
    );
  }

  private select(selection: ParkedSelection): TaskEither<StorageUnavailable, Selected> {
    if ('orderIds' in selection) return TE.right({ orderIds: [...new Set(selection.orderIds)].sort(), more: false });
    const { cause } = selection;
    return pipe(
      this.dependencies.parked.list({ limit: MOST_ORDERS, ...(cause === undefined ? {} : { cause }) }),
      TE.map(({ orders, next }) => ({ orderIds: orders.map(({ orderId }) => orderId), more: next !== null })),
    );
  }
}
