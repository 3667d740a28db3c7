import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';
import type { UnitOfWorkError } from './unit-of-work.ts';

/** An HTTP request that a handler asks for. It is stored with the effect and sent after COMMIT. */
export interface Callback {
  /** Distinct among the callbacks of one event. */
  readonly name: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, e.g. `/orders/…/payment`. */
  readonly path: string;
  /** JSON text. */
  readonly body: string;
  /** Not sent earlier than this after COMMIT. */
  readonly delayMs: number;
}

/** The event that a callback answers. */
export interface CallbackOrigin {
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
  /** `traceparent` of the effect, when it was traced; the call goes on from there. */
  readonly traceparent?: string;
}

/** A callback and the event whose effect asks for it. */
export interface RequestedCallback {
  readonly origin: CallbackOrigin;
  readonly callback: Callback;
}

export interface StoredCallback extends Callback, CallbackOrigin {
  readonly id: number;
  /** Derived from consumer, event ID and name: the same for every attempt, before and after any crash. */
  readonly idempotencyKey: string;
  /** This attempt included. */
  readonly attempts: number;
}

/** The other side's answer that no further attempt would change. */
export interface FinalAnswer {
  readonly status: number;
  /** At most 4,096 characters. */
  readonly body: string;
}

export interface DeliveredCallback {
  readonly id: number;
  /** HTTP status, 2xx. */
  readonly status: number;
}

/** Callback rows of one consumer. Of one order, the next is claimed only after the earlier one has ended. */
export interface CallbackOutbox {
  /** A callback that is there already (same event, same name) stays as it is. An empty list costs nothing. */
  append(tx: Transaction, requested: readonly RequestedCallback[]): TaskEither<StorageUnavailable, void>;
  /**
   * Takes due callbacks for `leaseMs`; a holder that dies loses them to the next claim. Two holders of one callback
   * (a lease that ran out) send the same Idempotency-Key.
   */
  claim(limit: number, leaseMs: number): TaskEither<UnitOfWorkError, readonly StoredCallback[]>;
  /** Ends callbacks that were answered with 2xx, all of them or none. */
  delivered(answered: readonly DeliveredCallback[]): TaskEither<StorageUnavailable, void>;
  /** Makes claimed callbacks due again at once, the claim not counted as an attempt. */
  giveBack(ids: readonly number[]): TaskEither<StorageUnavailable, void>;
  retry(id: number, delayMs: number, error: string): TaskEither<StorageUnavailable, void>;
  /** Ends the callback as refused. False when it had ended before. */
  refuse(tx: Transaction, id: number, answer: FinalAnswer): TaskEither<StorageUnavailable, boolean>;
}

export interface CallbackAnswer extends FinalAnswer {
  /** From `Retry-After`; undefined without the header. */
  readonly retryAfterMs: number | undefined;
}

/** No answer came: network, name, time-out. The request may have been served. */
export interface CallbackUnanswered {
  readonly _tag: 'CallbackUnanswered';
  readonly cause: unknown;
}

export interface CallbackPoster {
  post(callback: StoredCallback): TaskEither<CallbackUnanswered, CallbackAnswer>;
}
