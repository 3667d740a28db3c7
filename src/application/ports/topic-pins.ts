import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

/**
 * The lanes of stored events were computed with `pinned` partitions. With `found` the same order would get another
 * lane, and its later events could pass its earlier ones.
 */
export interface TopicPartitionsChanged {
  readonly _tag: 'TopicPartitionsChanged';
  readonly topic: string;
  readonly pinned: number;
  readonly found: number;
}

/** Remembers, for ever, the partition count that a topic had when the service first met it. */
export interface TopicPins {
  /** Pins `partitions` when the topic has no pin yet, else compares. */
  pin(topic: string, partitions: number): TaskEither<StorageUnavailable | TopicPartitionsChanged, void>;
  /** Undefined: no pin yet. */
  find(topic: string): TaskEither<StorageUnavailable, number | undefined>;
}
