import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Unreachable } from './start-check.ts';

/** A record as it lies on the topic. What is not UTF-8, or is there twice, is given as undefined. */
export interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Offsets of one partition, both of the next record: `start` is the oldest that is still held. */
export interface PartitionBounds {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
}

/** Reads all of the topic once. Of one partition, records come in the order of their offsets. */
export interface TopicLog {
  bounds(): TaskEither<Unreachable, readonly PartitionBounds[]>;
  /**
   * Hands on every record below the ends, in batches, the next one when `take` has resolved; so the memory it needs is
   * that of one batch. What `take` rejects with ends the reading, and is rejected with.
   */
  read(
    ends: readonly PartitionBounds[],
    take: (batch: readonly LoggedRecord[]) => Promise<void>,
  ): TaskEither<Unreachable, void>;
}
