import type { Pool, PoolConnection } from 'mysql2/promise';
import type { Acknowledgement, RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';
import { orUnavailable, readRecords, RECORD_COLUMNS } from '../read-records.ts';

const LOCK_NEXT = `
SELECT ${RECORD_COLUMNS} FROM outbox
WHERE kafka_partition = ? AND status = 'PENDING' AND (next_attempt_at IS NULL OR next_attempt_at <= NOW(6))
ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`;

const COMPLETE = `
UPDATE outbox SET status = 'COMPLETED', published_at = NOW(6), kafka_offset = ? WHERE id = ? AND status = 'PENDING'`;

/**
 * PLANTED BUG. Several workers share the table by SKIP LOCKED, a row at a time, as many a job queue does. A locked row
 * is skipped, its successors of the same order are not: the next worker sends one while the first is still at its row.
 */
export class SkipLockedOutbox implements RelayOutbox {
  /** Connections whose transaction holds a row locked, by lane. */
  private readonly jobs = new Map<number, PoolConnection>();

  constructor(
    private readonly real: RelayOutbox,
    private readonly pool: Pool,
  ) {}

  lanesWithWork: RelayOutbox['lanesWithWork'] = () => this.real.lanesWithWork();

  claim: RelayOutbox['claim'] = (_lease, lane) =>
    orUnavailable('claim events', async () => {
      await this.letGo(lane);
      const connection = await this.pool.getConnection();
      try {
        await connection.beginTransaction();
        const locked = await readRecords(connection, LOCK_NEXT, [lane]);
        this.jobs.set(lane, connection);
        if (locked.length === 0) await this.letGo(lane);
        return { records: locked, more: locked.length > 0 };
      } catch (cause) {
        this.jobs.delete(lane);
        connection.destroy();
        throw cause;
      }
    });

  acknowledge: RelayOutbox['acknowledge'] = (_lease, lane, acknowledged) =>
    orUnavailable('acknowledge events', () => this.complete(lane, acknowledged));

  recordFailure: RelayOutbox['recordFailure'] = (lease, failure, then) => async () => {
    await this.letGo(failure.record.lane);
    return this.real.recordFailure(lease, failure, then)();
  };

  private async complete(lane: number, acknowledged: readonly Acknowledgement[]): Promise<void> {
    const connection = this.jobs.get(lane) ?? this.pool;
    for (const { record, offset } of acknowledged) await connection.query(COMPLETE, [offset, record.id]);
    await this.letGo(lane);
  }

  /** Ends the transaction: its row is completed, or free for the next worker. */
  private async letGo(lane: number): Promise<void> {
    const connection = this.jobs.get(lane);
    if (connection === undefined) return;
    this.jobs.delete(lane);
    try {
      await connection.commit();
      connection.release();
    } catch {
      connection.destroy();
    }
  }
}
