import type { Pool, PoolConnection } from 'mysql2/promise';
import type { Acknowledgement, RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';
import { orUnavailable, readRecords, RECORD_COLUMNS } from '../read-records.ts';

const LOCK_NEXT = `
SELECT ${RECORD_COLUMNS} FROM outbox
WHERE kafka_partition = ? AND status = 'PENDING' AND (next_attempt_at IS NULL OR next_attempt_at <= NOW(6))
ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED`;

const COMPLETE = `
UPDATE outbox SET status = 'COMPLETED', published_at = NOW(6), kafka_offset = ? WHERE id = ? AND status = 'PENDING'`;

/** Rows that a worker takes at once: few, so that there is work for the others. */
const BITE = 5;

/** The rows of one lane that this worker holds locked, in a transaction of their own. */
interface Bite {
  readonly connection: PoolConnection;
  readonly ids: Set<number>;
}

/**
 * PLANTED BUG. Several workers share the table by SKIP LOCKED, as many a queue does. A locked row is skipped, its
 * successors of the same order are not: the next worker sends them while the first one is still at it.
 */
export class SkipLockedOutbox implements RelayOutbox {
  private readonly bites = new Map<number, Bite>();

  constructor(
    private readonly real: RelayOutbox,
    private readonly pool: Pool,
  ) {}

  lanesWithWork: RelayOutbox['lanesWithWork'] = () => this.real.lanesWithWork();

  claim: RelayOutbox['claim'] = (_lease, lane, { records }) =>
    orUnavailable('claim events', async () => {
      await this.letGo(lane);
      const connection = await this.pool.getConnection();
      try {
        await connection.beginTransaction();
        const locked = await readRecords(connection, LOCK_NEXT, [lane, Math.min(records, BITE)]);
        this.bites.set(lane, { connection, ids: new Set(locked.map(({ id }) => id)) });
        if (locked.length === 0) await this.letGo(lane);
        return locked;
      } catch (cause) {
        this.bites.delete(lane);
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
    const bite = this.bites.get(lane);
    for (const { record, offset } of acknowledged) {
      await (bite?.connection ?? this.pool).query(COMPLETE, [offset, record.id]);
      bite?.ids.delete(record.id);
    }
    if (bite?.ids.size === 0) await this.letGo(lane);
  }

  /** Ends the transaction; what it completed stays, what it did not is free for the next worker. */
  private async letGo(lane: number): Promise<void> {
    const bite = this.bites.get(lane);
    if (bite === undefined) return;
    this.bites.delete(lane);
    try {
      await bite.connection.commit();
      bite.connection.release();
    } catch {
      bite.connection.destroy();
    }
  }
}
