import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { OutboxStatus } from './outbox-status.ts';
import type { StorageUnavailable } from './storage-error.ts';

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
  /** By the clock of the process that raised it, as its record says. */
  readonly occurredAt: string;
  /** JSON text. */
  readonly payload: string;
  /** Those that travel with the event beside what its columns say. */
  readonly headers: Readonly<Record<string, string>>;
  readonly history: readonly AttemptEntry[];
}

/** An event that an operator skipped. It will never be published; its replacement stands in its place. */
export interface SkippedEntry {
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly status: 'SKIPPED';
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly skippedAt: string;
  readonly skippedBy: string;
  readonly reason: string;
  readonly replacementEventId: string;
}

export interface SkippedEntryDetail extends SkippedEntry {
  /** By the clock of the process that raised it. */
  readonly occurredAt: string;
  /** JSON text. */
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
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
  readonly status?: OutboxStatus | 'SKIPPED';
  readonly orderId?: string;
  readonly type?: string;
  /** Only events whose last error has this text in it, in whatever case. */
  readonly error?: string;
  /** `next` of the page before. */
  readonly before?: string;
  /** 1–1,000. */
  readonly limit: number;
}

export interface OutboxPage {
  /** Newest first. Where type or error is asked for there may be fewer than asked for, and more on the next page. */
  readonly entries: readonly (OutboxEntry | SkippedEntry)[];
  /** Where the next page begins; null when there is none. */
  readonly next: string | null;
}

/** An order whose later events wait for one that retries or is quarantined. */
export interface BlockedOrder {
  readonly orderId: string;
  /** The event that the others wait for. */
  readonly head: OutboxEntry;
  /** How many wait; counted up to 1,000. */
  readonly heldEvents: number;
  /** When the head failed for the first time. */
  readonly since: string;
}

export interface BlockedPage {
  /** By order ID, so the eldest orders come first. */
  readonly orders: readonly BlockedOrder[];
  readonly next: string | null;
}

/** Read-only views of the outbox for API, CLI and telemetry. */
export interface OutboxQueries {
  list(filter: OutboxFilter): TaskEither<StorageUnavailable, OutboxPage>;
  /** `after`: `next` of the page before. `limit` is 1–1,000. */
  blocked(page: { readonly after?: string; readonly limit: number }): TaskEither<StorageUnavailable, BlockedPage>;
  /** Every event of one order, by sequence; skipped and purged ones are no longer among them. */
  ofOrder(orderId: string): TaskEither<StorageUnavailable, readonly OutboxEntry[]>;
  /** The skipped events of one order, by sequence. */
  skippedOfOrder(orderId: string): TaskEither<StorageUnavailable, readonly SkippedEntry[]>;
  /** Whether any purge has ever removed a row: then the first events of an order may be gone, as they should. */
  hasPurged(): TaskEither<StorageUnavailable, boolean>;
  find(eventId: string): TaskEither<StorageUnavailable, OutboxEntryDetail | SkippedEntryDetail | undefined>;
  stats(): TaskEither<StorageUnavailable, OutboxStats>;
}
