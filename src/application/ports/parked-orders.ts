import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ParkingCause } from './inbox.ts';
import type { StorageUnavailable } from './storage-error.ts';

/** How many events behind a parked one are counted at most. */
export const MOST_BEHIND_COUNTED = 1_000;

/** The event that parked an order. Its place and type are known while it is stored and can be tried again. */
export interface ParkedEvent {
  readonly eventId: string;
  readonly sequence: number | null;
  readonly type: string | null;
}

/** An order that a consumer has parked, and why; nothing of what its events say. */
export interface ParkedOrder {
  readonly orderId: string;
  /** Null: parked by a release that kept no kind. */
  readonly cause: ParkingCause | null;
  /** What went wrong, in words. */
  readonly error: string;
  /** RFC 3339 UTC with microseconds. */
  readonly since: string;
  /** Null when the record did not say which it was. */
  readonly event: ParkedEvent | null;
  /** Other events of the order that are stored, counted up to `MOST_BEHIND_COUNTED`. */
  readonly behind: number;
}

export interface ParkedPage {
  /** The one that is parked for longest first. */
  readonly orders: readonly ParkedOrder[];
  /** Where the next page begins; null when there is none. */
  readonly next: string | null;
}

export interface ParkedQuery {
  /** Only orders that are parked for it. */
  readonly cause?: ParkingCause;
  /** `next` of the page before; of another list: any page. */
  readonly after?: string;
  /** 1–1,000. */
  readonly limit: number;
}

/** What one consumer has parked, as it is now. */
export interface ParkedOrders {
  list(query: ParkedQuery): TaskEither<StorageUnavailable, ParkedPage>;
  /** Those of the orders that are parked. */
  among(orderIds: readonly string[]): TaskEither<StorageUnavailable, readonly string[]>;
}
