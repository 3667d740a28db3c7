import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

/** What a consumer has of one order, as of one moment. */
export interface ConsumedOrder {
  readonly orderKey: string;
  readonly lastSequence: number;
  /** The first sequence it has seen, when that was allowed to be above 1. */
  readonly baseline: number | null;
  /** Applied events up to here may have been removed from the inbox. */
  readonly purgedThrough: number;
  readonly parked: boolean;
  /** Applied events above `purgedThrough`. */
  readonly applied: { readonly count: number; readonly first: number | null; readonly last: number | null };
  /** Events that are stored and not applied; `head` is the lowest sequence. */
  readonly waiting: { readonly count: number; readonly head: number | null };
  /** Kept records that nobody has dealt with. */
  readonly kept: number;
}

/** An event in the inbox, applied or waiting. */
export interface ConsumedEvent {
  readonly eventId: string;
  readonly orderKey: string;
  readonly sequence: number;
  /** False: its order has no row. */
  readonly hasOrder: boolean;
  /** Of an applied one: it waits as well. */
  readonly waitsToo: boolean;
}

export interface ConsumedCallback {
  readonly row: number;
  readonly name: string;
  readonly eventId: string;
  readonly orderKey: string;
  readonly sequence: number;
  /** False: the event is not in the inbox, nor may it have been removed from there. */
  readonly hasEvent: boolean;
}

/** A callback that is the next of its order and does not get on. */
export interface StuckCallback {
  readonly eventId: string;
  readonly name: string;
  readonly orderKey: string;
  readonly attempts: number;
  readonly dueForSeconds: number;
}

/** Everything that one consumer’s kit keeps, in pages, ascending. It reads and locks nothing. */
export interface ConsumerLedger {
  ordersAfter(after: string, limit: number): TaskEither<StorageUnavailable, readonly ConsumedOrder[]>;
  ordersOf(orderKeys: readonly string[]): TaskEither<StorageUnavailable, readonly ConsumedOrder[]>;
  /** By event ID. */
  appliedAfter(after: string, limit: number): TaskEither<StorageUnavailable, readonly ConsumedEvent[]>;
  /** By event ID. */
  waitingAfter(after: string, limit: number): TaskEither<StorageUnavailable, readonly ConsumedEvent[]>;
  /** Of each order that has a row: up to where it was applied. */
  reachedOf(orderKeys: readonly string[]): TaskEither<StorageUnavailable, ReadonlyMap<string, number>>;
  /** Those of the events, by ID, that were applied, wait, or are kept as breaking the contract. */
  heardOf(
    events: readonly { readonly eventId: string; readonly orderKey: string }[],
  ): TaskEither<StorageUnavailable, ReadonlySet<string>>;
  callbacksAfter(row: number, limit: number): TaskEither<StorageUnavailable, readonly ConsumedCallback[]>;
  /** Due for `dueForSeconds` without being sent, or tried `attempts` times without a final answer; some of them. */
  stuckCallbacks(
    than: { readonly dueForSeconds: number; readonly attempts: number },
    limit: number,
  ): TaskEither<StorageUnavailable, readonly StuckCallback[]>;
}
