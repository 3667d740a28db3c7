import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type {
  AttemptEntry,
  OutboxEntry,
  OutboxEntryDetail,
  OutboxFilter,
  OutboxQueries,
  OutboxStats,
  OutboxStatus,
} from '../../application/ports/outbox-queries.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { SqlValue } from './mysql-connection.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { OutboxStatusColumn, isAscii } from './outbox-rows.ts';
import { TimeMicros, UnreadableRow, WholeNumber, decodeFirst, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

/**
 * The holder shown is the head that blocks the order now. Column `held_by` names the one that did when the row was
 * marked, which may be published already while a long order is released in chunks.
 */
const COLUMNS = `o.event_id, o.order_id, o.sequence, o.type, o.version, o.status,
  IF(o.held_by IS NULL, NULL, h.event_id) AS held_by, o.attempts, o.next_attempt_at, o.last_error, o.created_at,
  o.published_at, o.kafka_partition, o.kafka_offset`;

const HOLDER = `LEFT JOIN outbox_blocks b ON b.order_id = o.order_id LEFT JOIN outbox h ON h.id = COALESCE(b.outbox_id, o.held_by)`;

/** Each lane in turn by index `outbox_claim`, however many rows of other statuses there are. */
const LANES = `RECURSIVE lanes (lane) AS (
  SELECT MIN(kafka_partition) FROM outbox
  UNION ALL
  SELECT (SELECT MIN(kafka_partition) FROM outbox WHERE kafka_partition > lane) FROM lanes WHERE lane IS NOT NULL
)`;

const LIST_OPEN = `
WITH ${LANES}
SELECT ${COLUMNS}
FROM lanes JOIN LATERAL (
    SELECT id FROM outbox WHERE kafka_partition = lane AND status = ? ORDER BY id DESC LIMIT ?
  ) AS newest JOIN outbox o ON o.id = newest.id ${HOLDER}
ORDER BY o.id DESC LIMIT ?`;

const LIST_NEWEST = `
SELECT ${COLUMNS} FROM outbox o ${HOLDER}
ORDER BY o.id DESC LIMIT ?`;

const LIST_COMPLETED = `
SELECT ${COLUMNS} FROM outbox o ${HOLDER}
WHERE o.status = 'COMPLETED' ORDER BY o.id DESC LIMIT ?`;

const LIST_OF_ORDER = `
SELECT ${COLUMNS} FROM outbox o ${HOLDER}
WHERE o.order_id = ? ORDER BY o.sequence`;

const FIND = `
SELECT ${COLUMNS}, o.payload FROM outbox o ${HOLDER}
WHERE o.event_id = ?`;

const HISTORY = `
SELECT attempt, failed_at, error FROM outbox_attempts WHERE event_id = ? ORDER BY id`;

/** Reads index `outbox_claim` from end to end: some hundred milliseconds for a million rows. */
const COUNTS = `
SELECT status, held_by IS NOT NULL AS held, next_attempt_at IS NOT NULL AS attempted, COUNT(*) AS events
FROM outbox GROUP BY status, held, attempted`;

/** The lowest row ID of each lane stands for its oldest event: IDs are given out as rows are created. */
const OLDEST = `
WITH ${LANES}
SELECT TIMESTAMPDIFF(MICROSECOND, MIN(o.created_at), NOW(6)) DIV 1000 AS oldest_ms
FROM lanes JOIN LATERAL (
    (SELECT MIN(id) AS id FROM outbox
      WHERE kafka_partition = lane AND status = 'PENDING' AND held_by IS NULL AND next_attempt_at IS NULL)
    UNION ALL
    (SELECT MIN(id) FROM outbox
      WHERE kafka_partition = lane AND status = 'PENDING' AND held_by IS NULL AND next_attempt_at IS NOT NULL)
  ) AS heads JOIN outbox o ON o.id = heads.id`;

const nullable = <A>(codec: t.Type<A, unknown>): t.UnionC<[t.Type<A, unknown>, t.NullC]> => t.union([codec, t.null]);

const entryColumns = {
  event_id: t.string,
  order_id: t.string,
  sequence: WholeNumber,
  type: t.string,
  version: WholeNumber,
  status: OutboxStatusColumn,
  held_by: nullable(t.string),
  attempts: WholeNumber,
  next_attempt_at: nullable(TimeMicros),
  last_error: nullable(t.string),
  created_at: TimeMicros,
  published_at: nullable(TimeMicros),
  kafka_partition: WholeNumber,
  kafka_offset: nullable(WholeNumber),
};
const EntryRow = t.strict(entryColumns);
const DetailRow = t.strict({ ...entryColumns, payload: t.string });
const HistoryRow = t.strict({ attempt: WholeNumber, failed_at: TimeMicros, error: t.string });
const Flag = t.union([t.literal(0), t.literal(1)]);
const CountRow = t.strict({ status: OutboxStatusColumn, held: Flag, attempted: Flag, events: WholeNumber });
const OldestRow = t.strict({ oldest_ms: nullable(WholeNumber) });

const toEntry = (row: t.TypeOf<typeof EntryRow>): OutboxEntry => ({
  eventId: row.event_id,
  orderId: row.order_id,
  sequence: row.sequence,
  type: row.type,
  version: row.version,
  status: row.status,
  heldBy: row.held_by,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  lastError: row.last_error,
  createdAt: row.created_at,
  publishedAt: row.published_at,
  partition: row.kafka_partition,
  offset: row.kafka_offset,
});

const toAttempt = (row: t.TypeOf<typeof HistoryRow>): AttemptEntry => ({
  attempt: row.attempt,
  failedAt: row.failed_at,
  error: row.error,
});

const listSql = (status: OutboxStatus | undefined, limit: number): readonly [string, readonly SqlValue[]] => {
  if (status === undefined) return [LIST_NEWEST, [limit]];
  switch (status) {
    case 'COMPLETED':
      return [LIST_COMPLETED, [limit]];
    case 'PENDING':
    case 'QUARANTINED':
      return [LIST_OPEN, [status, limit, limit]];
  }
};

/** Consistent reads of table `outbox`; they lock nothing. Lists are newest first. */
export class MySqlOutboxQueries implements OutboxQueries {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  list({ orderId, status, limit }: OutboxFilter): TaskEither<StorageUnavailable, readonly OutboxEntry[]> {
    if (orderId !== undefined)
      return pipe(
        this.ofOrder(orderId),
        TE.map((entries) =>
          entries
            .filter((entry) => status === undefined || entry.status === status)
            .toReversed()
            .slice(0, limit),
        ),
      );
    const [sql, values] = listSql(status, limit);
    return storageAttempt('list outbox', async () =>
      decodeRows(EntryRow, await this.#pool.use((connection) => connection.rows(sql, values))).map(toEntry),
    );
  }

  ofOrder(orderId: string): TaskEither<StorageUnavailable, readonly OutboxEntry[]> {
    if (!isAscii(orderId)) return TE.right([]);
    return storageAttempt('list events of order', async () =>
      decodeRows(EntryRow, await this.#pool.use((connection) => connection.rows(LIST_OF_ORDER, [orderId]))).map(
        toEntry,
      ),
    );
  }

  find(eventId: string): TaskEither<StorageUnavailable, OutboxEntryDetail | undefined> {
    if (!isAscii(eventId)) return TE.right(undefined);
    return storageAttempt('find event', () =>
      this.#pool.use(async (connection) => {
        const row = decodeFirst(DetailRow, await connection.rows(FIND, [eventId]));
        if (row === undefined) return undefined;
        const history = decodeRows(HistoryRow, await connection.rows(HISTORY, [eventId])).map(toAttempt);
        return { ...toEntry(row), payload: row.payload, history };
      }),
    );
  }

  stats(): TaskEither<StorageUnavailable, OutboxStats> {
    return storageAttempt('count outbox', () =>
      this.#pool.use(async (connection) => {
        const counts = decodeRows(CountRow, await connection.rows(COUNTS));
        const oldest = decodeFirst(OldestRow, await connection.rows(OLDEST));
        if (oldest === undefined) throw new UnreadableRow('MySQL answered no row to an aggregate');
        const count = (matches: (row: t.TypeOf<typeof CountRow>) => boolean): number =>
          counts.filter(matches).reduce((sum, { events }) => sum + events, 0);
        return {
          pending: count(({ status }) => status === 'PENDING'),
          held: count(({ status, held }) => status === 'PENDING' && held === 1),
          retrying: count(({ status, held, attempted }) => status === 'PENDING' && held === 0 && attempted === 1),
          quarantined: count(({ status }) => status === 'QUARANTINED'),
          completed: count(({ status }) => status === 'COMPLETED'),
          oldestPendingMs: oldest.oldest_ms,
        };
      }),
    );
  }
}
