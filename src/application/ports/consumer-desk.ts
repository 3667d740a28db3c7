import type { Task } from 'fp-ts/lib/Task.js';
import type { ConsumerStats } from './consumer-progress.ts';

/** How the member of a consumer's group that was asked is doing. */
export interface ConsumerStatus extends ConsumerStats {
  readonly group: string;
  /** Member of its group just now. */
  readonly joined: boolean;
  /** Why its last Kafka client ended by itself, until the next one has joined. */
  readonly failure: string | null;
  /** Records not yet processed in the partitions of this member. */
  readonly lag: number;
  readonly pausedPartitions: number;
}

/** What one consumer says of itself, or why that is not known. */
export type ConsumerState =
  | { readonly _tag: 'Known'; readonly consumer: string; readonly status: ConsumerStatus }
  | { readonly _tag: 'Unknown'; readonly consumer: string; readonly reason: string };

/** Asks every consumer that is configured. Never fails: one that does not answer is `Unknown`. */
export interface ConsumerDesk {
  statuses(): Task<readonly ConsumerState[]>;
}
