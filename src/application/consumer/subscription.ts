import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { RequestedCallback } from '../ports/consumer-callbacks.ts';
import type { IncomingEvent } from '../ports/consumed-record.ts';
import type { ParkingCause } from '../ports/inbox.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { Transaction } from '../ports/transaction.ts';

/** A handler threw, rejected or returned a Left: its own fault, so it is retried and parks the order at last. */
export interface HandlerFailed {
  readonly _tag: 'HandlerFailed';
  readonly cause: unknown;
}

/** Something the handler needs (network, another service) cannot be reached: nobody's fault, never parks. */
export interface DependencyUnavailable {
  readonly _tag: 'DependencyUnavailable';
  readonly cause: unknown;
}

/**
 * The effect of one event inside the consumer's transaction. Right: the callbacks it asks for; whoever runs it stores
 * them in the same transaction.
 */
export type EventEffect = (
  tx: Transaction,
) => TaskEither<HandlerFailed | DependencyUnavailable | StorageUnavailable, readonly RequestedCallback[]>;

/** Why an event parks its order before any handler sees it. */
export interface EventRefused {
  readonly cause: Extract<ParkingCause, 'unknown-type' | 'unknown-version' | 'invalid-event'>;
  readonly reason: string;
}

/** What a consumer does with events. */
export interface Subscription {
  /** Left: why the event breaks the contract (unknown type or version, payload off its schema). */
  prepare(event: IncomingEvent): Either<EventRefused, EventEffect>;
}
