import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { SettledAct } from './consumer-act-log.ts';
import type { AuditEntry } from './outbox-operations.ts';
import type { StorageUnavailable } from './storage-error.ts';

/** What an operator or janitor did to the outbox, as it is on record. */
export interface RecordedAct extends AuditEntry {
  /** RFC 3339 UTC with microseconds. */
  readonly at: string;
}

/** What an operator asked of a consumer for one order, and what came of it. */
export interface RecordedConsumerAct extends Omit<RecordedAct, 'action' | 'eventId'>, SettledAct {
  readonly action: 'reprocess';
  readonly consumer: string;
}

export interface AuditPage {
  /** Newest first. */
  readonly acts: readonly (RecordedAct | RecordedConsumerAct)[];
  /** Where the next page begins; null when there is none. */
  readonly next: string | null;
}

export interface AuditQueries {
  /** `before`: `next` of the page before. `limit` is 1–1,000. */
  list(page: { readonly before?: string; readonly limit: number }): TaskEither<StorageUnavailable, AuditPage>;
  /** What was done to these events, the first act first. */
  ofEvents(eventIds: readonly string[]): TaskEither<StorageUnavailable, readonly RecordedAct[]>;
}
