import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

/** A lane whose relay has found that the broker does not take it. */
export interface OpenCircuit {
  readonly lane: number;
  /** RFC 3339 UTC, on the relay's clock. */
  readonly since: string;
  readonly reason: string;
}

export interface RelayView {
  /** Another one after each start. */
  readonly owner: string;
  readonly joinedAt: string;
  /** Lanes whose lease it holds. */
  readonly lanes: readonly number[];
  /** As it said when it last announced itself: a few seconds ago. */
  readonly openCircuits: readonly OpenCircuit[];
}

export interface LaneView {
  readonly lane: number;
  /** Null: nobody leads it. */
  readonly owner: string | null;
  readonly epoch: number;
}

export interface RelayOverview {
  /** The longest a member first; those that have expired are left out. */
  readonly relays: readonly RelayView[];
  /** Every lane that was ever led. */
  readonly lanes: readonly LaneView[];
}

/** Which relays there are and what each leads, on the database's clock. */
export interface RelayViews {
  look(): TaskEither<StorageUnavailable, RelayOverview>;
}
