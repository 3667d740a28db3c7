import { isLeft } from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { IdempotencyKeys } from '../../src/application/ports/idempotency-keys.ts';
import type { OrderStore } from '../../src/application/ports/order-store.ts';
import type { OutboxOperations } from '../../src/application/ports/outbox-operations.ts';
import type { OutboxRetention } from '../../src/application/ports/outbox-retention.ts';
import type { OutboxStatus } from '../../src/application/ports/outbox-status.ts';
import type { Outbox } from '../../src/application/ports/outbox.ts';
import type { RelayLeases } from '../../src/application/ports/relay-lease.ts';
import type { RelayOutbox } from '../../src/application/ports/relay-outbox.ts';
import type { UnitOfWork } from '../../src/application/ports/unit-of-work.ts';

/** Largest event that the adapters under test take, bytes. */
export const MAX_EVENT_BYTES = 65_536;
/** Lanes of the topic that the adapters under test serve. */
export const LANES = 6;

/** An outbox row as the suites look at it. */
export interface StoredEvent {
  readonly status: OutboxStatus;
  readonly attempts: number;
  readonly held: boolean;
  readonly offset: number | null;
}

/** A skipped event as the suites look at it. */
export interface StoredSkip {
  readonly orderKey: string;
  readonly sequence: number;
  readonly type: string;
  readonly payload: string;
  readonly attempts: number;
  readonly skippedBy: string;
  readonly reason: string;
  readonly replacementEventId: string;
}

/**
 * One set of adapters over one empty store. The suites know only the ports, so every adapter is held to the same
 * behaviour.
 */
export interface StorageUnderTest {
  readonly unitOfWork: UnitOfWork;
  readonly orders: OrderStore;
  readonly outbox: Outbox;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly relayOutbox: RelayOutbox;
  readonly leases: RelayLeases;
  readonly operations: OutboxOperations;
  readonly retention: OutboxRetention;
  /** By event ID; undefined when there is none in the outbox. */
  readonly storedEvent: (eventId: string) => Promise<StoredEvent | undefined>;
  /** Attempts in the history of the event. */
  readonly attemptsOf: (eventId: string) => Promise<readonly number[]>;
  /** By the ID of the skipped event; undefined when it was not skipped. */
  readonly skippedEvent: (eventId: string) => Promise<StoredSkip | undefined>;
  /** Rows removed by each purge on record, and by whom. */
  readonly purges: () => Promise<readonly { readonly actor: string; readonly purgedRows: number }[]>;
  /** Lets the storage's clock seem `ms` later: leases expire, retries fall due, what was published grows old. */
  readonly passTime: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export type OpenStorage = () => Promise<StorageUnderTest>;

/** The Right of `task`; anything else fails the test with the Left in full. */
export const right = async <E, A>(task: TaskEither<E, A>): Promise<A> => {
  const result: Either<E, A> = await task();
  if (isLeft(result)) throw new Error(`expected a Right, got ${JSON.stringify(result.left)}`, { cause: result.left });
  return result.right;
};

/** The Left of `task`; a Right fails the test. */
export const left = async <E, A>(task: TaskEither<E, A>): Promise<E> => {
  const result: Either<E, A> = await task();
  if (isLeft(result)) return result.left;
  throw new Error(`expected a Left, got ${JSON.stringify(result.right)}`);
};
