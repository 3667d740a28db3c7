import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { InboxRetention, InboxWindow, OldEvent } from '../../application/ports/inbox-retention.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { MySqlPool } from '../mysql/mysql-pool.ts';
import { connectionOf } from '../mysql/mysql-unit-of-work.ts';
import { TimeMicros, UnreadableRow, WholeNumber, decodeFirst, decodeRows, toDateTime } from '../mysql/rows.ts';
import { storageAttempt } from '../mysql/storage-attempt.ts';

const CUTOFF = `
  SELECT NOW(6) - INTERVAL ? MICROSECOND AS cutoff`;

const WINDOW = `
  SELECT event_id AS eventId, order_id AS orderId, sequence, applied_at < ? AS old
    FROM inbox FORCE INDEX (PRIMARY)
   WHERE consumer = ? AND event_id > ?
   ORDER BY event_id LIMIT ?`;

/** Locks the orders first, in the order of their IDs, as whoever applies their events does. */
const PURGED_THROUGH = `
  INSERT INTO inbox_orders (consumer, order_id, purged_through) VALUES ? AS purged
  ON DUPLICATE KEY UPDATE purged_through = GREATEST(inbox_orders.purged_through, purged.purged_through)`;

const DELETE_ROWS = `
  DELETE i FROM inbox i FORCE INDEX (PRIMARY) WHERE i.consumer = ? AND i.event_id IN (?) AND i.applied_at < ?`;

const CutoffRow = t.strict({ cutoff: TimeMicros });
const WindowRow = t.strict({
  eventId: t.string,
  orderId: t.string,
  sequence: WholeNumber,
  old: t.union([t.literal(0), t.literal(1)]),
});

/** The highest of its sequences for each order, by order ID. */
const highest = (old: readonly OldEvent[]): readonly (readonly [orderId: string, sequence: number])[] => {
  const sequences = new Map<string, number>();
  for (const { orderId, sequence } of old) sequences.set(orderId, Math.max(sequence, sequences.get(orderId) ?? 0));
  return [...sequences].sort(([a], [b]) => (a < b ? -1 : 1));
};

/** The janitor's view of one consumer's `inbox`. */
export class MySqlInboxRetention implements InboxRetention {
  constructor(
    private readonly pool: MySqlPool,
    private readonly consumer: string,
  ) {}

  cutoff(ms: number): TaskEither<StorageUnavailable, string> {
    return storageAttempt('read the clock', async () => {
      const rows = await this.pool.use((connection) => connection.rows(CUTOFF, [ms * 1_000]));
      const row = decodeFirst(CutoffRow, rows);
      if (row === undefined) throw new UnreadableRow('MySQL told no time');
      return row.cutoff;
    });
  }

  look(cutoff: string, after: string, rows: number): TaskEither<StorageUnavailable, InboxWindow> {
    return storageAttempt('look for old inbox rows', async () => {
      const values = [toDateTime(cutoff), this.consumer, after, rows];
      const window = decodeRows(WindowRow, await this.pool.use((connection) => connection.rows(WINDOW, values)));
      const found = window.filter(({ old }) => old === 1);
      const isAtEnd = window.length < rows || found.length === 0;
      return {
        old: found.map(({ eventId, orderId, sequence }) => ({ eventId, orderId, sequence })),
        next: isAtEnd ? undefined : window.at(-1)?.eventId,
      };
    });
  }

  remove(tx: Transaction, cutoff: string, old: readonly OldEvent[]): TaskEither<StorageUnavailable, number> {
    return storageAttempt('purge the inbox', async () => {
      const connection = connectionOf(tx);
      await connection.write(PURGED_THROUGH, [
        highest(old).map(([orderId, sequence]) => [this.consumer, orderId, sequence]),
      ]);
      const ids = old.map(({ eventId }) => eventId);
      return (await connection.write(DELETE_ROWS, [this.consumer, ids, toDateTime(cutoff)])).affectedRows;
    });
  }
}
