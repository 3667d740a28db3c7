import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { OutboxStatus } from './outbox-status.ts';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

export interface EventNotFound {
  readonly _tag: 'EventNotFound';
  readonly eventId: string;
}

/** Only a QUARANTINED event can be redriven or skipped. */
export interface EventNotQuarantined {
  readonly _tag: 'EventNotQuarantined';
  readonly eventId: string;
  readonly status: OutboxStatus;
}

/** An operator has skipped the event; that is final. */
export interface EventAlreadySkipped {
  readonly _tag: 'EventAlreadySkipped';
  readonly eventId: string;
  readonly replacementEventId: string;
}

/** An earlier event of the order must go first; only the head of an order can be skipped. */
export interface EventNotHead {
  readonly _tag: 'EventNotHead';
  readonly eventId: string;
  readonly headEventId: string;
}

/** The event stands for a skipped one already. Another in its place would be no better: redrive it. */
export interface EventIsReplacement {
  readonly _tag: 'EventIsReplacement';
  readonly eventId: string;
  readonly skippedEventId: string;
}

export type RedriveRefused = EventNotFound | EventNotQuarantined | EventAlreadySkipped;
export type SkipRefused = RedriveRefused | EventNotHead | EventIsReplacement;

/** The event that takes the place of a skipped one and tells consumers of it. */
export interface Replacement {
  /** New: consumers must not take it for the skipped event. */
  readonly eventId: string;
  readonly type: string;
  readonly version: number;
  /** JSON text. */
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Skip {
  readonly eventId: string;
  readonly skippedBy: string;
  /** 1–500 characters. */
  readonly reason: string;
  /** Called with the event once it is certain that it is skipped; again when the unit is rerun. */
  readonly replacementOf: (skipped: { readonly eventId: string; readonly type: string }) => Replacement;
}

/** What operators change, inside a unit of work and together with its audit row. */
export interface OutboxOperations {
  /** Back to PENDING with attempts reset. Its successors stay held until it is acknowledged, so order is kept. */
  redrive(tx: Transaction, eventId: string): TaskEither<StorageUnavailable | RedriveRefused, void>;
  /**
   * Gives up the quarantined head of an order: it is kept as skipped, with its bytes, and its replacement is PENDING in
   * its place, with the same key, sequence and lane. Successors stay held until the replacement is acknowledged, so
   * order is kept; not one of them is written.
   */
  skip(tx: Transaction, skip: Skip): TaskEither<StorageUnavailable | SkipRefused, Replacement>;
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
