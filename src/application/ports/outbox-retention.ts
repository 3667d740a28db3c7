import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

/** A row that may go. */
export interface PurgeableRow {
  readonly id: number;
  readonly eventId: string;
}

/** What one look at a lane has found. */
export interface PurgeWindow {
  /** In the order in which they must go: earlier events of an order first. */
  readonly purgeable: readonly PurgeableRow[];
  /** Where the next look begins; undefined when no row behind was created before the cut-off. */
  readonly next: number | undefined;
}

export interface PurgeRun {
  readonly id: number;
  /** Only rows published before it go. RFC 3339 UTC with microseconds, on the storage's clock. */
  readonly cutoff: string;
}

/**
 * Removes what was published long ago. A row may go when it is COMPLETED, was published before the cut-off, and so were
 * all earlier rows of its order: what is left of an order are its latest events, without a gap, and never a row less
 * than up to its first unsettled one.
 */
export interface OutboxRetention {
  /** The moment `ms` ago on the storage's clock. */
  cutoff(ms: number): TaskEither<StorageUnavailable, string>;
  /** The lanes that have rows. */
  lanes(): TaskEither<StorageUnavailable, readonly number[]>;
  /** The next `rows` COMPLETED rows of the lane with an ID above `after`. Locks nothing. */
  look(cutoff: string, lane: number, after: number, rows: number): TaskEither<StorageUnavailable, PurgeWindow>;
  /** Records the run, with no row removed yet. */
  begin(tx: Transaction, actor: string, cutoff: string): TaskEither<StorageUnavailable, PurgeRun>;
  /**
   * Removes rows that a look of this run has found, with their attempts, and adds them to the run's count. Rows that
   * are gone already are not counted again. Answers how many the run has removed so far.
   */
  remove(tx: Transaction, run: PurgeRun, rows: readonly PurgeableRow[]): TaskEither<StorageUnavailable, number>;
}
