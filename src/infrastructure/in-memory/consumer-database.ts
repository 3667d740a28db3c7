import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../application/ports/clock.ts';
import type { IncomingEvent, ParkedRecord } from '../../application/ports/consumed-record.ts';
import type { StoredCallback } from '../../application/ports/consumer-callbacks.ts';
import type { Parking } from '../../application/ports/inbox.ts';
import { storageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError, UnitOfWorkOptions } from '../../application/ports/unit-of-work.ts';
import { StagedTable } from './table.ts';
import type { ReadableTable, Table } from './table.ts';

export interface ConsumerOrderRow {
  readonly orderId: string;
  readonly lastSequence: number;
  readonly purgedThrough: number;
  readonly baseline: { readonly sequence: number; readonly because: string } | null;
  readonly parked: Omit<Parking, 'orderId'> | null;
}

export interface InboxRow {
  readonly event: IncomingEvent;
  readonly appliedAt: number;
}

export interface WaitingEventRow {
  readonly id: number;
  readonly event: IncomingEvent;
}

export interface ParkedRecordRow {
  readonly record: ParkedRecord;
  readonly dismissed: boolean;
}

export interface CallbackRow extends StoredCallback {
  readonly status: 'pending' | 'delivered' | 'refused';
  /** By the clock's `now`. */
  readonly nextAttemptAt: number;
  readonly lastError: string | null;
}

export interface EffectRow {
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
}

interface Schema {
  /** By event ID. */
  readonly inbox: readonly [string, InboxRow];
  /** By order ID. */
  readonly orders: readonly [string, ConsumerOrderRow];
  /** By event ID. */
  readonly waiting: readonly [string, WaitingEventRow];
  /** By topic, partition, offset and bytes. */
  readonly parkedRecords: readonly [string, ParkedRecordRow];
  /** By row ID. */
  readonly callbacks: readonly [number, CallbackRow];
  /** By row ID: what handlers of tests and simulated runs write. */
  readonly effects: readonly [number, EffectRow];
}
type TableName = keyof Schema;
export type ConsumerTables = { readonly [Name in TableName]: Table<Schema[Name][0], Schema[Name][1]> };
export type CommittedConsumerTables = { readonly [Name in TableName]: ReadableTable<Schema[Name][0], Schema[Name][1]> };

const open = new WeakMap<Transaction, ConsumerTables>();

/** The tables as `tx` sees them. Throws when the transaction was not opened here or has ended. */
export const consumerTablesOf = (tx: Transaction): ConsumerTables => {
  const tables = open.get(tx);
  if (tables === undefined) throw new TypeError('not an open in-memory transaction of a consumer');
  return tables;
};

/**
 * The tables of one consumer in memory and its unit of work, for tests and simulated runs. Units run one after the
 * other, so an order is always locked by at most one; a Right commits, a Left or a rejection changes nothing.
 */
export class ConsumerDatabase implements UnitOfWork {
  private readonly stored: { readonly [Name in TableName]: Map<Schema[Name][0], Schema[Name][1]> } = {
    inbox: new Map(),
    orders: new Map(),
    waiting: new Map(),
    parkedRecords: new Map(),
    callbacks: new Map(),
    effects: new Map(),
  };
  private last: Promise<unknown> = Promise.resolve();
  private lastId = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** What is committed now. */
  get committed(): CommittedConsumerTables {
    return this.stored;
  }

  now(): number {
    return this.clock.now();
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  run<E, A>(
    { action }: UnitOfWorkOptions,
    work: (tx: Transaction) => TaskEither<E, A>,
  ): TaskEither<E | UnitOfWorkError, A> {
    return TE.flatMap(
      TE.tryCatch(
        () => this.transact(work),
        (cause) => storageUnavailable(action, cause),
      ),
      (outcome): TaskEither<E | UnitOfWorkError, A> => TE.fromEither(outcome),
    );
  }

  private transact<E, A>(work: (tx: Transaction) => TaskEither<E, A>): Promise<Either<E, A>> {
    const turn = this.last.then(async () => {
      const staged = {
        inbox: new StagedTable(this.stored.inbox),
        orders: new StagedTable(this.stored.orders),
        waiting: new StagedTable(this.stored.waiting),
        parkedRecords: new StagedTable(this.stored.parkedRecords),
        callbacks: new StagedTable(this.stored.callbacks),
        effects: new StagedTable(this.stored.effects),
      };
      const tx = Object.freeze({}) as Transaction;
      open.set(tx, staged);
      try {
        const outcome = await work(tx)();
        if (E.isRight(outcome)) for (const table of Object.values(staged)) table.commit();
        return outcome;
      } finally {
        open.delete(tx);
      }
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
