import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

/** Identifies one request of a client, however often it is sent. */
export interface IdempotencyKey {
  readonly method: string;
  /** Path with its IDs, e.g. `/orders/…/payment`. */
  readonly path: string;
  /** The client's Idempotency-Key. */
  readonly key: string;
  /** SHA-256 of the request body, hex. */
  readonly fingerprint: string;
}

/** The key was used before with another body. */
export interface IdempotencyKeyReused {
  readonly _tag: 'IdempotencyKeyReused';
  readonly key: string;
}

/** The same key is at work in another transaction; ask again after `retryAfterSeconds`. */
export interface IdempotencyKeyBusy {
  readonly _tag: 'IdempotencyKeyBusy';
  readonly key: string;
  readonly retryAfterSeconds: number;
}

export type IdempotencyClaim =
  | { readonly _tag: 'Claimed' }
  /** Finished before: answer these bytes again. */
  | { readonly _tag: 'Replay'; readonly answer: string };

/**
 * The key row is inserted first in the unit of work, so that a second transaction with the same key waits for
 * the first one. Only a committed unit leaves a row, so only successes are replayed.
 */
export interface IdempotencyKeys {
  claim(
    tx: Transaction,
    key: IdempotencyKey,
  ): TaskEither<StorageUnavailable | IdempotencyKeyReused | IdempotencyKeyBusy, IdempotencyClaim>;
  storeAnswer(tx: Transaction, key: IdempotencyKey, answer: string): TaskEither<StorageUnavailable, void>;
}
