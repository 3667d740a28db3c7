import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

/** An event as its aggregate hands it to the outbox. The outbox knows no orders: only a key, a number and bytes. */
export interface OutboxEvent {
  /** UUIDv7; consumers drop duplicates by it. */
  readonly eventId: string;
  /** Ordering key (the order ID); decides the lane. */
  readonly orderKey: string;
  /** Contiguous from 1 per key; numbered under the aggregate's version check in the same transaction. */
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  /** RFC 3339 UTC. */
  readonly occurredAt: string;
  /** JSON text, published as these exact bytes (UTF-8). */
  readonly payload: string;
  /** Extra headers, e.g. `traceparent`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The event exceeds what any broker request may carry; sent, it would look like an outage. Refused before COMMIT. */
export interface EventTooLarge {
  readonly _tag: 'EventTooLarge';
  readonly eventId: string;
  readonly type: string;
  readonly bytes: number;
  readonly maxBytes: number;
}

export interface Outbox {
  /** Writes `events` as PENDING in `tx`, in the order given. */
  append(tx: Transaction, events: readonly OutboxEvent[]): TaskEither<StorageUnavailable | EventTooLarge, void>;
}
