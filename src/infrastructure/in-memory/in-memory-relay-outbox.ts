import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { OUTBOX_MOVES } from '../../application/ports/outbox-status.ts';
import type { Lease, LeaseLost } from '../../application/ports/relay-lease.ts';
import type {
  Acknowledgement,
  AfterFailure,
  ClaimLimit,
  Claimed,
  FailedAttempt,
  OutboxRecord,
  RelayOutbox,
  SettleError,
} from '../../application/ports/relay-outbox.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { InMemoryDatabase, OutboxRow, Tables } from './in-memory-database.ts';
import { isHeld } from './in-memory-relay-leases.ts';

const recordOf = (row: OutboxRow, blocking: boolean): OutboxRecord => ({
  id: row.id,
  eventId: row.eventId,
  orderKey: row.orderKey,
  sequence: row.sequence,
  type: row.type,
  version: row.version,
  occurredAt: row.occurredAt,
  payload: row.payload,
  headers: row.headers,
  lane: row.partition,
  attempts: row.attempts,
  blocking,
});

/** The relay's side of the outbox over the same tables as `InMemoryOutbox`. */
export class InMemoryRelayOutbox implements RelayOutbox {
  constructor(private readonly database: InMemoryDatabase) {}

  lanesWithWork(): TaskEither<StorageUnavailable, readonly number[]> {
    return () => {
      const lanes = new Set([...this.database.committed.outbox.values()].filter(this.isSendable).map(laneOfRow));
      return Promise.resolve(E.right([...lanes].sort((a, b) => a - b)));
    };
  }

  claim(lease: Lease, lane: number, limit: ClaimLimit): TaskEither<StorageUnavailable | LeaseLost, Claimed> {
    return () => this.fenced(lease, (tables) => this.claimIn(tables, lane, limit));
  }

  acknowledge(lease: Lease, _lane: number, acknowledged: readonly Acknowledgement[]): TaskEither<SettleError, void> {
    return () =>
      this.fenced(lease, (tables) => {
        for (const { record, offset } of acknowledged) this.complete(tables, record, offset);
      });
  }

  recordFailure(lease: Lease, failure: FailedAttempt, then: AfterFailure): TaskEither<SettleError, void> {
    return () => this.fenced(lease, (tables) => this.spendAttempt(tables, failure, then));
  }

  private claimIn(tables: Tables, lane: number, limit: ClaimLimit): Claimed {
    const claimed: OutboxRecord[] = [];
    let bytes = 0;
    for (const row of [...tables.outbox.values()].sort((a, b) => a.id - b.id)) {
      if (row.partition !== lane || !this.isSendable(row) || limit.except?.has(row.id) === true) continue;
      if (limit.fresh === true && row.nextAttemptAt !== null) continue;
      const block = tables.blocks.get(row.orderKey);
      if (block !== undefined && block.sequence < row.sequence) {
        tables.outbox.set(row.id, { ...row, heldBy: block.outboxId });
        continue;
      }
      bytes += Buffer.byteLength(row.payload);
      if (claimed.length >= limit.records || (claimed.length > 0 && bytes > limit.bytes))
        return { records: claimed, more: true };
      claimed.push(recordOf(row, block !== undefined));
    }
    return { records: claimed, more: false };
  }

  /** Does nothing when the row is settled already, or another event's after a skip. */
  private complete(tables: Tables, record: OutboxRecord, offset: number): void {
    const row = tables.outbox.get(record.id);
    const { from, to } = OUTBOX_MOVES.acknowledge;
    if (row?.status !== from || row.eventId !== record.eventId) return;
    const publishedAt = this.database.now();
    tables.outbox.set(row.id, { ...row, status: to, offset, publishedAt, nextAttemptAt: null });
    if (tables.blocks.get(row.orderKey)?.outboxId !== row.id) return;
    tables.blocks.delete(row.orderKey);
    for (const held of tables.outbox.values())
      if (held.heldBy === row.id) tables.outbox.set(held.id, { ...held, heldBy: null });
  }

  /** Does nothing when this attempt is written already, or the row is another event's after a skip. */
  private spendAttempt(tables: Tables, { record, error }: FailedAttempt, then: AfterFailure): void {
    const row = tables.outbox.get(record.id);
    const { from, to } = then._tag === 'Quarantine' ? OUTBOX_MOVES.quarantine : OUTBOX_MOVES.retryLater;
    if (row?.status !== from || row.eventId !== record.eventId || row.attempts !== record.attempts) return;
    const now = this.database.now();
    const { id, orderKey, sequence, partition } = row;
    const attempts = row.attempts + 1;
    tables.outbox.set(id, {
      ...row,
      attempts,
      lastError: error,
      status: to,
      nextAttemptAt: then._tag === 'Quarantine' ? null : now + then.delayMs,
    });
    tables.blocks.set(orderKey, { orderKey, sequence, outboxId: id, partition, createdAt: now });
    const attemptId = this.database.nextId();
    tables.attempts.set(attemptId, { id: attemptId, eventId: row.eventId, attempt: attempts, failedAt: now, error });
  }

  private readonly isSendable = (row: OutboxRow): boolean =>
    row.status === 'PENDING' &&
    row.heldBy === null &&
    (row.nextAttemptAt === null || row.nextAttemptAt <= this.database.now());

  private fenced<A>(lease: Lease, work: (tables: Tables) => A): Promise<Either<LeaseLost, A>> {
    return this.database.transact((tables): Promise<Either<LeaseLost, A>> =>
      Promise.resolve(isHeld(tables, lease) ? E.right(work(tables)) : E.left({ _tag: 'LeaseLost', lease })),
    );
  }
}

const laneOfRow = ({ partition }: OutboxRow): number => partition;
