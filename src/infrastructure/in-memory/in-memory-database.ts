import { isRight } from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Clock } from '../../application/ports/clock.ts';
import type { AuditEntry } from '../../application/ports/outbox-operations.ts';
import type { OutboxStatus } from '../../application/ports/outbox-status.ts';
import type { VersionedOrder } from '../../application/ports/order-store.ts';
import { StagedTable } from './table.ts';
import type { ReadableTable, Table } from './table.ts';

/** A row of table `outbox`. Times are milliseconds of the database's clock, but `occurredAt` (RFC 3339). */
export interface OutboxRow {
  readonly id: number;
  readonly eventId: string;
  readonly orderKey: string;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly occurredAt: string;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: OutboxStatus;
  readonly attempts: number;
  /** Null until the first attempt failed. */
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
  /** Row of the earlier event of this order that must go first. */
  readonly heldBy: number | null;
  readonly createdAt: number;
  readonly publishedAt: number | null;
  /** The lane, set at append. */
  readonly partition: number;
  readonly offset: number | null;
}

/** One row per order whose head waits for a retry or is quarantined; higher sequences of the order are held. */
export interface OutboxBlockRow {
  readonly orderKey: string;
  readonly sequence: number;
  readonly outboxId: number;
  readonly partition: number;
  readonly createdAt: number;
}

export interface OutboxAttemptRow {
  readonly id: number;
  readonly eventId: string;
  readonly attempt: number;
  readonly failedAt: number;
  readonly error: string;
}

/** An event that an operator gave up, as it was. */
export interface SkippedRow extends OutboxRow {
  readonly skippedAt: number;
  readonly skippedBy: string;
  readonly reason: string;
  readonly replacementEventId: string;
}

export interface PurgeRow {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  /** RFC 3339 UTC. */
  readonly cutoff: string;
  readonly purgedRows: number;
}

export interface IdempotencyKeyRow {
  readonly fingerprint: string;
  /** Null only inside the transaction at work. */
  readonly answer: string | null;
}

export interface LeaseRow {
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
  readonly expiresAt: number;
}

/** A relay that announced itself. */
export interface MemberRow {
  readonly owner: string;
  readonly joinedAt: number;
  readonly expiresAt: number;
}

export interface AuditRow extends AuditEntry {
  readonly id: number;
  readonly at: number;
}

interface Schema {
  /** By order ID. */
  readonly orders: readonly [string, VersionedOrder];
  /** By row ID. */
  readonly outbox: readonly [number, OutboxRow];
  /** Unique index: event ID → row ID. */
  readonly outboxByEvent: readonly [string, number];
  /** Unique index: `${orderKey}#${sequence}` → row ID. */
  readonly outboxBySequence: readonly [string, number];
  /** By order key. */
  readonly blocks: readonly [string, OutboxBlockRow];
  /** By row ID. */
  readonly attempts: readonly [number, OutboxAttemptRow];
  /** By event ID. */
  readonly skipped: readonly [string, SkippedRow];
  /** By row ID. */
  readonly purges: readonly [number, PurgeRow];
  /** By `JSON.stringify([method, path, key])`. */
  readonly idempotencyKeys: readonly [string, IdempotencyKeyRow];
  /** By lease name. */
  readonly leases: readonly [string, LeaseRow];
  /** By owner. */
  readonly members: readonly [string, MemberRow];
  /** By row ID. */
  readonly audit: readonly [number, AuditRow];
}

type TableName = keyof Schema;
export type Tables = { readonly [Name in TableName]: Table<Schema[Name][0], Schema[Name][1]> };
export type CommittedTables = { readonly [Name in TableName]: ReadableTable<Schema[Name][0], Schema[Name][1]> };
type Stored = { readonly [Name in TableName]: Map<Schema[Name][0], Schema[Name][1]> };
type Staged = { readonly [Name in TableName]: StagedTable<Schema[Name][0], Schema[Name][1]> };

/**
 * The tables of the service in memory, for tests and simulated runs. Transactions run one after the other
 * (strictly serialisable, more than MySQL promises), so nothing here can deadlock or find a stale version.
 */
export class InMemoryDatabase {
  private readonly stored: Stored = {
    orders: new Map(),
    outbox: new Map(),
    outboxByEvent: new Map(),
    outboxBySequence: new Map(),
    blocks: new Map(),
    attempts: new Map(),
    skipped: new Map(),
    purges: new Map(),
    idempotencyKeys: new Map(),
    leases: new Map(),
    members: new Map(),
    audit: new Map(),
  };
  private last: Promise<unknown> = Promise.resolve();
  private lastId = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** What is committed now. A transaction at work is not seen. */
  get committed(): CommittedTables {
    return this.stored;
  }

  /** The database's clock, milliseconds since 1970. */
  now(): number {
    return this.clock.now();
  }

  /** Ascending row IDs; like AUTO_INCREMENT, a rolled back transaction leaves a gap. */
  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /**
   * Runs `work` alone, after all transactions asked for earlier: a Right commits every change at once, a Left
   * or a rejection none. Calling it from within `work` would wait for ever.
   */
  transact<E, A>(work: (tables: Tables) => Promise<Either<E, A>>): Promise<Either<E, A>> {
    const turn = this.last.then(() => this.transactBeside(work));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * As `transact`, but beside the others: its rows have the IDs of when they were written and are seen only when it
   * commits, perhaps after rows with higher ones. Only for work that touches no row of others, since nothing locks.
   */
  async transactBeside<E, A>(work: (tables: Tables) => Promise<Either<E, A>>): Promise<Either<E, A>> {
    const staged = this.stage();
    const outcome = await work(staged);
    if (isRight(outcome)) for (const table of Object.values(staged)) table.commit();
    return outcome;
  }

  private stage(): Staged {
    return {
      orders: new StagedTable(this.stored.orders),
      outbox: new StagedTable(this.stored.outbox),
      outboxByEvent: new StagedTable(this.stored.outboxByEvent),
      outboxBySequence: new StagedTable(this.stored.outboxBySequence),
      blocks: new StagedTable(this.stored.blocks),
      attempts: new StagedTable(this.stored.attempts),
      skipped: new StagedTable(this.stored.skipped),
      purges: new StagedTable(this.stored.purges),
      idempotencyKeys: new StagedTable(this.stored.idempotencyKeys),
      leases: new StagedTable(this.stored.leases),
      members: new StagedTable(this.stored.members),
      audit: new StagedTable(this.stored.audit),
    };
  }
}
