import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { IncomingEvent, ParkedRecord } from './consumed-record.ts';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

/** What one consumer knows about an order and about one event of it, read under the order's lock. */
export interface InboxState {
  /** Sequence of the last event applied or skipped; 0 before the first. */
  readonly lastSequence: number;
  /** True while the order is parked: its events are stored, none is applied. */
  readonly parked: boolean;
  /** Fingerprint under which this event ID was applied. */
  readonly applied: string | undefined;
  /** Fingerprint under which this event ID is stored and waits. */
  readonly waiting: string | undefined;
  /** True when this sequence was skipped. */
  readonly sequenceSkipped: boolean;
  /** Up to this sequence, rows of applied and skipped events may have been removed as too old to come again. */
  readonly purgedThrough: number;
  /** True when other events of the order are stored and wait. */
  readonly othersWait: boolean;
}

/** Why a consumer may begin an order in the middle. */
export interface Baseline {
  readonly sequence: number;
  readonly because: string;
}

/**
 * Kinds of causes that park an order. Those of one kind are mended together (an upgrade, a handler that is put right) and
 * can then be released together; the reason says in words what it was.
 */
export const PARKING_CAUSES = [
  /** The event's type is newer than this consumer. */
  'unknown-type',
  /** The version of its payload is. */
  'unknown-version',
  /** The payload is not what its type and version say. */
  'invalid-event',
  /** The record is no event at all. */
  'broken-record',
  /** It contradicts what came before: a rewind, or another content under a known event ID. */
  'contradiction',
  'handler-failed',
] as const;
export type ParkingCause = (typeof PARKING_CAUSES)[number];

/** Undefined when this release knows none of that name. */
export const parkingCauseNamed = (name: string | null | undefined): ParkingCause | undefined =>
  PARKING_CAUSES.find((cause) => cause === name);

export interface Parking {
  readonly orderId: string;
  readonly cause: ParkingCause;
  readonly reason: string;
  /** The event that parked the order, when it could be told. */
  readonly eventId: string | null;
}

/**
 * The memory of one consumer, in its own database, in the same transaction as its effects. `lock`,
 * `stateFor`, `statesFor` and `release` lock the order until the transaction ends, so two members of a group
 * that both hold a record of it (a rebalance at work, a paused process that wakes) act one after the other.
 *
 * `lastSequence` is kept for ever; inbox rows must outlive the topic's retention (see `InboxRetention`).
 */
export interface Inbox {
  /** Locks the order without asking anything. */
  lock(tx: Transaction, orderId: string): TaskEither<StorageUnavailable, void>;
  stateFor(tx: Transaction, event: IncomingEvent): TaskEither<StorageUnavailable, InboxState>;
  /**
   * `stateFor` each of the events, in their order, as it was before the first of them. Locks their orders in one
   * sequence whatever the order of `events`, so that two callers never wait for each other in a circle.
   */
  statesFor(tx: Transaction, events: readonly IncomingEvent[]): TaskEither<StorageUnavailable, readonly InboxState[]>;
  /** Notes the event as applied (or skipped), moves `lastSequence` to it, and removes it from those that wait. */
  recordApplied(
    tx: Transaction,
    event: IncomingEvent,
    baseline: Baseline | undefined,
  ): TaskEither<StorageUnavailable, void>;
  /**
   * `recordApplied` one after the other, of events that begin nothing in the middle and that nobody had stored. An empty
   * list costs nothing.
   */
  recordAllApplied(tx: Transaction, events: readonly IncomingEvent[]): TaskEither<StorageUnavailable, void>;
  /** Stores the event so that it can be applied later; storing it again changes nothing. */
  hold(tx: Transaction, event: IncomingEvent): TaskEither<StorageUnavailable, void>;
  /** Removes an event from those that wait. */
  discard(tx: Transaction, event: IncomingEvent): TaskEither<StorageUnavailable, void>;
  /** Parks the order. A first reason is kept: parking a parked order changes nothing. */
  park(tx: Transaction, parking: Parking): TaskEither<StorageUnavailable, void>;
  /** Keeps the record as evidence. False when the same record (topic, partition, offset, bytes) is kept already. */
  keep(tx: Transaction, record: ParkedRecord): TaskEither<StorageUnavailable, boolean>;
  /** Of the events that wait, the one with the lowest sequence; undefined when the order is parked or none waits. */
  nextWaiting(tx: Transaction, orderId: string): TaskEither<StorageUnavailable, IncomingEvent | undefined>;
  /** Ends the parking and dismisses (never deletes) the evidence kept for the order. False when it was not parked. */
  release(tx: Transaction, orderId: string): TaskEither<StorageUnavailable, boolean>;
  /** IDs of parked orders, ascending, at most `limit`, from the first one above `after`. No cause: of any. */
  parkedOrders(page: {
    readonly cause: ParkingCause | undefined;
    readonly after: string;
    readonly limit: number;
  }): TaskEither<StorageUnavailable, readonly string[]>;
  /** Orders, at most `limit`, that are not parked and whose next event is stored: a crash came between the two. */
  drainable(limit: number): TaskEither<StorageUnavailable, readonly string[]>;
}
