import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

/** The right to publish and settle. Every settling write checks `name` and `epoch`, so an older holder is fenced. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Rises with every change of owner. */
  readonly epoch: number;
}

/** Someone else holds the lease, or its epoch has moved on. */
export interface LeaseLost {
  readonly _tag: 'LeaseLost';
  readonly lease: Lease;
}

/**
 * Leases on the database's clock. The holder judges its own lease by a monotonic clock read *before* the
 * acquire or renewal was sent, so it always believes it lost the lease before the database does.
 */
export interface RelayLeases {
  /** None while another owner's lease has not expired. */
  acquire(name: string, owner: string, ttlMs: number): TaskEither<StorageUnavailable, Option<Lease>>;
  renew(lease: Lease, ttlMs: number): TaskEither<StorageUnavailable | LeaseLost, void>;
  /** Gives the lease back at once; no error when it was lost before. */
  release(lease: Lease): TaskEither<StorageUnavailable, void>;
}
