import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

/** A row of the inbox that may go. */
export interface OldEvent {
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
}

/** What one look has found. */
export interface InboxWindow {
  readonly old: readonly OldEvent[];
  /** Where the next look begins; undefined when this one found nothing old, or the end. */
  readonly next: string | undefined;
}

/**
 * Removes what one consumer applied long ago from its memory. How far an order's events have gone is kept with the
 * order, in the same transaction, so that one of them that comes again is known to have been settled.
 */
export interface InboxRetention {
  /** The moment `ms` ago on the storage's clock. RFC 3339 UTC with microseconds. */
  cutoff(ms: number): TaskEither<StorageUnavailable, string>;
  /**
   * The next `rows` events with an ID above `after`; those applied before the cut-off are old. IDs rise with time (UUIDv7),
   * so behind some that are all young nothing old is looked for; what came late and lies there goes when those are old.
   * Locks nothing.
   */
  look(cutoff: string, after: string, rows: number): TaskEither<StorageUnavailable, InboxWindow>;
  /** Removes events that a look has found. Answers how many were still there. */
  remove(tx: Transaction, cutoff: string, old: readonly OldEvent[]): TaskEither<StorageUnavailable, number>;
}
