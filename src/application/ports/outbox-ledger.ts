import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { OutboxStatus } from './outbox-status.ts';
import type { OutboxEvent } from './outbox.ts';
import type { StorageUnavailable } from './storage-error.ts';

/** Sums over everything, as of one moment. */
export interface LedgerTotals {
  /** Of the versions of all orders. */
  readonly versions: number;
  readonly rows: number;
  /** Rows that purges have removed. */
  readonly purged: number;
}

/** One order with what is left of its events, as of one moment, by sequence. */
export interface LedgerOrder {
  readonly orderKey: string;
  readonly version: number;
  readonly events: readonly {
    readonly sequence: number;
    readonly status: OutboxStatus;
    readonly lane: number;
    readonly offset: number | null;
  }[];
}

/** An event as it was or will be published, and where its row says that it is. */
export interface LedgerEvent extends OutboxEvent {
  /** SKIPPED: it was given up, so its row is kept apart. */
  readonly status: OutboxStatus | 'SKIPPED';
  readonly lane: number | null;
  readonly offset: number | null;
}

/** A row that says that its event is on the topic. */
export interface LedgerPublished {
  readonly row: number;
  readonly eventId: string;
  readonly orderKey: string;
  readonly sequence: number;
  readonly lane: number;
  readonly offset: number | null;
  /** As `now` tells it: earlier ones sort lower. */
  readonly publishedAt: string;
}

/** Which event of which order it is, and what became of it. */
export interface LedgerPlace {
  readonly eventId: string;
  readonly orderKey: string;
  readonly sequence: number;
  readonly status: OutboxStatus | 'SKIPPED';
}

/** What is left of an order: `first` is null when no event is. */
export interface LedgerRemains {
  readonly version: number;
  readonly first: number | null;
}

/** All of the outbox and the orders it belongs to, in pages. It reads and locks nothing. */
export interface OutboxLedger {
  /** The present less so many seconds, for `publishedAfter`. */
  now(lessSeconds: number): TaskEither<StorageUnavailable, string>;
  totals(): TaskEither<StorageUnavailable, LedgerTotals>;
  /** Whether purges have removed any row. However large the outbox is, it costs the same. */
  hasPurged(): TaskEither<StorageUnavailable, boolean>;
  /** Orders above `after` by ID, at most `limit`. */
  ordersAfter(after: string, limit: number): TaskEither<StorageUnavailable, readonly LedgerOrder[]>;
  /** Those of the events that are there, skipped ones included. */
  find(eventIds: readonly string[]): TaskEither<StorageUnavailable, readonly LedgerEvent[]>;
  /** The same without what an event says. */
  placesOf(eventIds: readonly string[]): TaskEither<StorageUnavailable, readonly LedgerPlace[]>;
  /** Of each key that is an order. */
  remainsOf(orderKeys: readonly string[]): TaskEither<StorageUnavailable, ReadonlyMap<string, LedgerRemains>>;
  /** COMPLETED rows above row `after`, published before `before`, at most `limit`, ascending. */
  publishedAfter(
    after: number,
    before: string,
    limit: number,
  ): TaskEither<StorageUnavailable, readonly LedgerPublished[]>;
  /** Those of the events that are COMPLETED. */
  publishedOf(
    events: readonly { readonly orderKey: string; readonly sequence: number }[],
  ): TaskEither<StorageUnavailable, readonly LedgerPublished[]>;
  /** Events whose order does not exist; some of them. */
  orphans(limit: number): TaskEither<StorageUnavailable, readonly string[]>;
}
