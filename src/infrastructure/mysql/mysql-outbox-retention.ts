import * as t from 'io-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { OutboxRetention, PurgeableRow, PurgeRun, PurgeWindow } from '../../application/ports/outbox-retention.ts';
import { OUTBOX_MOVES } from '../../application/ports/outbox-status.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { MySqlConnection } from './mysql-connection.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { connectionOf } from './mysql-unit-of-work.ts';
import { LANES } from './outbox-lanes.ts';
import { TimeMicros, UnreadableRow, WholeNumber, decodeFirst, decodeRows, toDateTime } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const CUTOFF = `
SELECT NOW(6) - INTERVAL ? MICROSECOND AS cutoff`;

const LANES_WITH_ROWS = `
SELECT lane FROM ${LANES} ORDER BY lane`;

/**
 * A range of index `outbox_claim`, read in its order: settling a row clears `held_by` and `next_attempt_at`, so these
 * are all COMPLETED rows of the lane, by id, and PENDING and QUARANTINED ones are not even met.
 */
const WINDOW = `
SELECT id, event_id, order_id, sequence, published_at < ? AS old, created_at < ? AS may_be_old
FROM outbox FORCE INDEX (outbox_claim)
WHERE kafka_partition = ? AND status = 'COMPLETED' AND held_by IS NULL AND next_attempt_at IS NULL AND id > ?
ORDER BY id LIMIT ?`;

/** The first row of each order that has to stay. What comes to be there meanwhile comes behind it. */
const FIRST_KEPT = `
SELECT order_id, MIN(sequence) AS first_kept FROM outbox
WHERE order_id IN (?) AND (status <> 'COMPLETED' OR published_at >= ?) GROUP BY order_id`;

const INSERT_RUN = `
INSERT INTO outbox_purges (actor, cutoff) VALUES (?, ?)`;

const DELETE_ROWS = `
DELETE o FROM outbox o FORCE INDEX (PRIMARY) WHERE o.id IN (?) AND o.status = '${OUTBOX_MOVES.purge.from}' AND o.published_at < ?`;

const ATTEMPTS_OF = `
SELECT id FROM outbox_attempts FORCE INDEX (outbox_attempts_of_event) WHERE event_id IN (?)`;

/** By their own keys: a DELETE by event may scan a small table, and would wait there for attempts of others. */
const DELETE_ATTEMPTS = `
DELETE a FROM outbox_attempts a FORCE INDEX (PRIMARY) WHERE a.id IN (?)`;

const COUNT_ROWS = `
UPDATE outbox_purges SET purged_rows = purged_rows + ? WHERE id = ?`;

const TOTAL = `
SELECT purged_rows FROM outbox_purges WHERE id = ?`;

const Flag = t.union([t.literal(0), t.literal(1)]);
const CutoffRow = t.strict({ cutoff: TimeMicros });
const LaneRow = t.strict({ lane: WholeNumber });
const WindowRow = t.strict({
  id: WholeNumber,
  event_id: t.string,
  order_id: t.string,
  sequence: WholeNumber,
  old: Flag,
  may_be_old: Flag,
});
const KeptRow = t.strict({ order_id: t.string, first_kept: WholeNumber });
const AttemptRow = t.strict({ id: WholeNumber });
const TotalRow = t.strict({ purged_rows: WholeNumber });

const firstKept = async (
  connection: MySqlConnection,
  cutoff: string,
  orderIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> => {
  if (orderIds.size === 0) return new Map();
  const rows = decodeRows(KeptRow, await connection.rows(FIRST_KEPT, [[...orderIds], cutoff]));
  return new Map(rows.map(({ order_id, first_kept }) => [order_id, first_kept]));
};

/** The janitor's view of table `outbox`: no other code deletes from it. */
export class MySqlOutboxRetention implements OutboxRetention {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  cutoff(ms: number): TaskEither<StorageUnavailable, string> {
    return storageAttempt('read the clock', async () => {
      const rows = await this.#pool.use((connection) => connection.rows(CUTOFF, [ms * 1_000]));
      const row = decodeFirst(CutoffRow, rows);
      if (row === undefined) throw new UnreadableRow('MySQL told no time');
      return row.cutoff;
    });
  }

  lanes(): TaskEither<StorageUnavailable, readonly number[]> {
    return storageAttempt('find lanes', async () =>
      decodeRows(LaneRow, await this.#pool.use((connection) => connection.rows(LANES_WITH_ROWS))).map(
        ({ lane }) => lane,
      ),
    );
  }

  look(cutoff: string, lane: number, after: number, rows: number): TaskEither<StorageUnavailable, PurgeWindow> {
    const before = toDateTime(cutoff);
    return storageAttempt('look for published events', () =>
      this.#pool.use(async (connection) => {
        const window = decodeRows(WindowRow, await connection.rows(WINDOW, [before, before, lane, after, rows]));
        const old = window.filter((row) => row.old === 1);
        const kept = await firstKept(connection, before, new Set(old.map(({ order_id }) => order_id)));
        const goes = old.filter(({ order_id, sequence }) => sequence < (kept.get(order_id) ?? Infinity));
        // Behind rows that were all created after the cut-off nothing was published before it: IDs rise with time.
        const atEnd = window.length < rows || window.every((row) => row.may_be_old === 0);
        const purgeable = goes.map(({ id, event_id: eventId }) => ({ id, eventId }));
        return { purgeable, next: atEnd ? undefined : window.at(-1)?.id };
      }),
    );
  }

  begin(tx: Transaction, actor: string, cutoff: string): TaskEither<StorageUnavailable, PurgeRun> {
    return storageAttempt('begin purge', async () => {
      const { insertId } = await connectionOf(tx).write(INSERT_RUN, [actor, toDateTime(cutoff)]);
      return { id: insertId, cutoff };
    });
  }

  remove(tx: Transaction, run: PurgeRun, rows: readonly PurgeableRow[]): TaskEither<StorageUnavailable, number> {
    return storageAttempt('purge events', async () => {
      const connection = connectionOf(tx);
      const ids = rows.map(({ id }) => id);
      const { affectedRows } = await connection.write(DELETE_ROWS, [ids, toDateTime(run.cutoff)]);
      const eventIds = rows.map(({ eventId }) => eventId);
      const attempts = decodeRows(AttemptRow, await connection.rows(ATTEMPTS_OF, [eventIds]));
      if (attempts.length > 0) await connection.write(DELETE_ATTEMPTS, [attempts.map(({ id }) => id)]);
      await connection.write(COUNT_ROWS, [affectedRows, run.id]);
      const total = decodeFirst(TotalRow, await connection.rows(TOTAL, [run.id]));
      if (total === undefined) throw new UnreadableRow(`purge ${run.id} is not on record`);
      return total.purged_rows;
    });
  }
}
