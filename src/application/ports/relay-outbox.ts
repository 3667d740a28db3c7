import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Lease, LeaseLost } from './relay-lease.ts';
import type { CommitOutcomeUnknown, StorageUnavailable } from './storage-error.ts';

/** A PENDING event as the relay sees it: key, number, bytes and headers; never an order. */
export interface OutboxRecord {
  /** Outbox row; ascending per key, not a commit order across keys. */
  readonly id: number;
  readonly eventId: string;
  readonly orderKey: string;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly occurredAt: string;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Kafka partition, fixed at append. */
  readonly lane: number;
  /** Attempts spent so far, 0–6. */
  readonly attempts: number;
  /** True when later events of its key are held behind it; acknowledging it releases them. */
  readonly blocking: boolean;
}

export interface ClaimLimit {
  readonly records: number;
  /** Payload bytes; the first record is returned even when it alone exceeds them. */
  readonly bytes: number;
  /**
   * Rows that are left out, by ID: they are in flight, or acknowledged and still being settled. By name and not by "above
   * the last one", since a row with a lower ID may commit later.
   */
  readonly except?: ReadonlySet<number>;
  /** Only records that were never attempted, which is a cheaper look; retries that are due are left to other claims. */
  readonly fresh?: boolean;
}

export interface Claimed {
  /** In order per key. */
  readonly records: readonly OutboxRecord[];
  /** False when the claim has seen all there was to claim; true when the limit may have kept something out. */
  readonly more: boolean;
}

export interface Acknowledgement {
  readonly record: OutboxRecord;
  /** Offset in the record's lane at which the broker stored it. */
  readonly offset: number;
}

export interface FailedAttempt {
  readonly record: OutboxRecord;
  /** Class and message as shown to operators, at most 1,000 characters. */
  readonly error: string;
}

/** Where a failed event stands after its attempt was written. */
export type AfterFailure = { readonly _tag: 'RetryAfter'; readonly delayMs: number } | { readonly _tag: 'Quarantine' };

export type SettleError = StorageUnavailable | CommitOutcomeUnknown | LeaseLost;

/**
 * The relay's view of the outbox. Writes check the lease's epoch in the same transaction and are idempotent:
 * after an unknown outcome they are simply sent again. Calls for one lane follow each other, but for one: while records
 * that block nothing are acknowledged, the lane may be claimed without them (`except`). A claim under way while an
 * attempt fails could return what is to be held. Different lanes may be worked at once.
 *
 * The order rule: `claim` returns a record only together with, and after, every unacknowledged predecessor of
 * its key that is sendable and not left out, and never one whose predecessor is waiting for a retry or quarantined.
 * Such successors are marked `held_by` once and cost later claims nothing.
 */
export interface RelayOutbox {
  /** Lanes with at least one sendable record: never attempted and not held, or due for a retry. */
  lanesWithWork(): TaskEither<StorageUnavailable, readonly number[]>;
  /** Sendable records of one lane. */
  claim(lease: Lease, lane: number, limit: ClaimLimit): TaskEither<StorageUnavailable | LeaseLost, Claimed>;
  /** COMPLETED with partition and offset; successors held behind a blocking record are released in bounded chunks. */
  acknowledge(lease: Lease, lane: number, acknowledged: readonly Acknowledgement[]): TaskEither<SettleError, void>;
  /** Spends one attempt, keeps it in the attempt history, and holds the successors. */
  recordFailure(lease: Lease, failure: FailedAttempt, then: AfterFailure): TaskEither<SettleError, void>;
}
