import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

export type OutboxStatus = 'PENDING' | 'COMPLETED' | 'QUARANTINED';

/** One outbox row as people ask for it. Times are RFC 3339 UTC with microseconds. */
export interface OutboxEntry {
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly status: OutboxStatus;
  /** Event ID of the earlier event of this order that it waits for. */
  readonly heldBy: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly publishedAt: string | null;
  readonly partition: number;
  readonly offset: number | null;
}

export interface AttemptEntry {
  readonly attempt: number;
  readonly failedAt: string;
  readonly error: string;
}

export interface OutboxEntryDetail extends OutboxEntry {
  /** JSON text. */
  readonly payload: string;
  readonly history: readonly AttemptEntry[];
}

export interface OutboxStats {
  readonly pending: number;
  readonly held: number;
  readonly retrying: number;
  readonly quarantined: number;
  readonly completed: number;
  /** Age of the oldest PENDING event that nothing holds, milliseconds on the database's clock; null when there is none. */
  readonly oldestPendingMs: number | null;
}

export interface OutboxFilter {
  readonly status?: OutboxStatus;
  readonly orderId?: string;
  /** 1–1,000. */
  readonly limit: number;
}

/** Read-only views of the outbox for API, CLI and telemetry. */
export interface OutboxQueries {
  /** Newest first. */
  list(filter: OutboxFilter): TaskEither<StorageUnavailable, readonly OutboxEntry[]>;
  /** Every event of one order, by sequence. */
  ofOrder(orderId: string): TaskEither<StorageUnavailable, readonly OutboxEntry[]>;
  find(eventId: string): TaskEither<StorageUnavailable, OutboxEntryDetail | undefined>;
  stats(): TaskEither<StorageUnavailable, OutboxStats>;
}
