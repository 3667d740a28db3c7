import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { OutboxStatus } from './outbox-queries.ts';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

export interface EventNotFound {
  readonly _tag: 'EventNotFound';
  readonly eventId: string;
}

/** Only a QUARANTINED event can be redriven. */
export interface EventNotQuarantined {
  readonly _tag: 'EventNotQuarantined';
  readonly eventId: string;
  readonly status: OutboxStatus;
}

/** What operators change, inside a unit of work and together with its audit row. */
export interface OutboxOperations {
  /** Back to PENDING with attempts reset. Its successors stay held until it is acknowledged, so order is kept. */
  redrive(tx: Transaction, eventId: string): TaskEither<StorageUnavailable | EventNotFound | EventNotQuarantined, void>;
}

export interface AuditEntry {
  /** Who, as given by the token or the CLI user. */
  readonly actor: string;
  readonly action: 'redrive' | 'skip' | 'purge';
  readonly eventId: string | null;
  readonly reason: string | null;
}

export interface AuditLog {
  record(tx: Transaction, entry: AuditEntry): TaskEither<StorageUnavailable, void>;
}
