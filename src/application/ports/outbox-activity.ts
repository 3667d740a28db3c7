import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

/** Milliseconds from the row of an event to the note that Kafka has it, both on the database's clock. */
export interface PublishDelay {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What happened within some seconds. */
export interface ActivityBucket {
  /** When it began, seconds since 1970 on the database's clock. */
  readonly at: number;
  /** Orders placed, events raised, events published. */
  readonly orders: number;
  readonly events: number;
  readonly published: number;
}

export interface RecentActivity {
  /** How far back the rates and the delay look, seconds: a minute, or less where so much happened that a sample is looked at. */
  readonly windowSeconds: number;
  readonly ordersPerSecond: number;
  readonly publishedPerSecond: number;
  /** Of what was published within the window; null when nothing was. */
  readonly publishDelayMs: PublishDelay | null;
  readonly bucketSeconds: number;
  /** Oldest first, without gaps and without the one that is not over. */
  readonly buckets: readonly ActivityBucket[];
}

/** What orders and relays did in the last minutes, as the newest rows of the outbox show it; they are a bounded number. */
export interface OutboxActivity {
  recent(): TaskEither<StorageUnavailable, RecentActivity>;
}
