import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { OutboxRecord } from './relay-outbox.ts';

/** The broker has stored the whole batch, contiguously. */
export interface Published {
  readonly baseOffset: number;
}

/**
 * Why a batch was not acknowledged (guarantees: relay policy).
 * - `event`: the broker refused its content; when the batch held one record, that record is to blame.
 * - `outage`: broker, network, authorisation or replication; nobody's attempt.
 * - `unknown`: cannot be told apart from here.
 */
export interface PublishFailure {
  readonly _tag: 'PublishFailure';
  readonly kind: 'event' | 'outage' | 'unknown';
  /** Short and stable, e.g. `MESSAGE_TOO_LARGE`, `connection refused`. */
  readonly reason: string;
  readonly cause: unknown;
}

/**
 * Sends one batch to one partition, at most once per call, all replicas acknowledging. Retries belong to the
 * relay. A failure does not say that nothing was stored.
 */
export interface Publisher {
  publish(lane: number, records: readonly OutboxRecord[]): TaskEither<PublishFailure, Published>;
  /** Bytes the record takes in a batch, headers and framing included; never too small. */
  sizeOf(record: OutboxRecord): number;
  /** Bytes one batch may take: at most half of the topic's `max.message.bytes` as last read. */
  maxBatchBytes(): number;
  /** Reads the topic's limits again (at start and after each rejection). */
  refreshLimits(): TaskEither<PublishFailure, void>;
}
