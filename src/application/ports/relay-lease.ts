import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

/** The right to publish and settle. Every settling write checks `name` and `epoch`, so an older holder is fenced. */
export interface Lease {
  readonly name: string;
  /** Unique for each start of a process. */
  readonly owner: string;
  /** Rises whenever the lease is taken, by whomever, and when it is given back. */
  readonly epoch: number;
}

/** Someone else holds the lease, or its epoch has moved on. */
export interface LeaseLost {
  readonly _tag: 'LeaseLost';
  readonly lease: Lease;
}

/** Who is there and what is to be had, at one moment of the database's clock. */
export interface RelayField {
  /** Owners that announced themselves and have not expired: the longest a member first. */
  readonly members: readonly string[];
  /** Of the names asked for, in that order, those that the asker could acquire: no other owner holds them. */
  readonly free: readonly string[];
}

/**
 * Leases and members on the database's clock. The holder judges its own lease by a monotonic clock read *before* the
 * acquire or renewal was sent, so it always believes it lost the lease before the database does.
 */
export interface RelayLeases {
  /** None while another owner's lease has not expired, or writes under it are still being committed. An owner that takes its own lease again gets a new epoch. */
  acquire(name: string, owner: string, ttlMs: number): TaskEither<StorageUnavailable, Option<Lease>>;
  /** Renews all of `leases`, of one owner, at once. Answers those that are lost; an expired one that nobody took is not. */
  renew(leases: readonly Lease[], ttlMs: number): TaskEither<StorageUnavailable, readonly Lease[]>;
  /**
   * Gives the lease back at once; no error when it was lost before. A renewal that arrives later finds it lost, so
   * it cannot keep the lease from the next owner.
   */
  release(lease: Lease): TaskEither<StorageUnavailable, void>;
  /** `owner` is a member for `ttlMs` from now; one that was none any more begins anew, behind all others. */
  announce(owner: string, ttlMs: number): TaskEither<StorageUnavailable, void>;
  /** `owner` is no member any more; no error when it was none. Its leases stay. */
  leave(owner: string): TaskEither<StorageUnavailable, void>;
  /** Also removes members that have expired. */
  look(owner: string, names: readonly string[]): TaskEither<StorageUnavailable, RelayField>;
}
