import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

/** What one consumer has done with one order. Times are RFC 3339 UTC with microseconds. */
export interface OrderProgress {
  readonly consumer: string;
  readonly orderId: string;
  readonly lastSequence: number;
  readonly applied: readonly {
    readonly sequence: number;
    readonly eventId: string;
    readonly type: string;
    readonly appliedAt: string;
  }[];
  /** Stored and not yet applied. */
  readonly waiting: readonly {
    readonly sequence: number;
    readonly eventId: string;
    readonly type: string;
    readonly storedAt: string;
  }[];
  readonly parked: {
    readonly reason: string;
    readonly eventId: string | null;
    readonly parkedAt: string;
  } | null;
  /** Set when the consumer began this order at a sequence above 1, and why it was allowed to. */
  readonly baseline: { readonly sequence: number; readonly because: string } | null;
  readonly callbacks: readonly {
    readonly name: string;
    readonly status: 'pending' | 'delivered' | 'refused';
    readonly attempts: number;
    readonly lastError: string | null;
  }[];
}

export interface ConsumerStats {
  readonly parkedOrders: number;
  /** Parked for themselves: without a readable order. */
  readonly parkedRecords: number;
  /** Orders with stored events that are not parked: an earlier event is missing. */
  readonly gapOrders: number;
  readonly waitingEvents: number;
  readonly pendingCallbacks: number;
}

export interface ConsumerProgress {
  ofOrder(orderId: string): TaskEither<StorageUnavailable, OrderProgress>;
  stats(): TaskEither<StorageUnavailable, ConsumerStats>;
}
