import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type {
  AttemptEntry,
  BlockedPage,
  OutboxEntry,
  OutboxEntryDetail,
  OutboxFilter,
  OutboxPage,
  OutboxQueries,
  OutboxStats,
  SkippedEntry,
  SkippedEntryDetail,
} from '../../application/ports/outbox-queries.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlConnection } from './mysql-connection.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { LANES } from './outbox-lanes.ts';
import { endOfLookSql, pageSql } from './outbox-list.ts';
import type { PresentFilter } from './outbox-list.ts';
import { HeadersColumn, OutboxStatusColumn, isAscii } from './outbox-rows.ts';
import { findSkipped, listSkipped, skippedOfOrder } from './skipped-rows.ts';
import { TimeMicros, TimeShort, UnreadableRow, WholeNumber, decodeFirst, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

/**
 * The holder shown is the head that blocks the order now. Column `held_by` names the one that did when the row was
 * marked, which may be published already while a long order is released in chunks.
 */
const COLUMNS = `o.event_id, o.order_id, o.sequence, o.type, o.version, o.status,
  IF(o.held_by IS NULL, NULL, h.event_id) AS held_by, o.attempts, o.next_attempt_at, o.last_error, o.created_at,
  o.published_at, o.kafka_partition, o.kafka_offset`;

const HOLDER = `LEFT JOIN outbox_blocks b ON b.order_id = o.order_id LEFT JOIN outbox h ON h.id = COALESCE(b.outbox_id, o.held_by)`;

const LIST_OF_ORDER = `
SELECT ${COLUMNS} FROM outbox o ${HOLDER}
WHERE o.order_id = ? ORDER BY o.sequence`;

const FIND = `
SELECT ${COLUMNS}, o.occurred_at, o.payload, o.headers FROM outbox o ${HOLDER}
WHERE o.event_id = ?`;

const MOST_HELD_COUNTED = 1_000;

const BLOCKED = `
SELECT ${COLUMNS}, block.created_at AS since, (SELECT COUNT(*) FROM (
    SELECT 1 FROM outbox WHERE order_id = block.order_id AND sequence > block.sequence AND status = 'PENDING'
    LIMIT ${MOST_HELD_COUNTED}) AS held) AS held_events
FROM outbox_blocks block JOIN outbox o ON o.id = block.outbox_id ${HOLDER}
WHERE block.order_id > ? AND (o.status = 'QUARANTINED' OR o.attempts > 0)
ORDER BY block.order_id LIMIT ?`;

const HISTORY = `
SELECT attempt, failed_at, error FROM outbox_attempts WHERE event_id = ? ORDER BY id`;

const countOpen = (condition: string): string =>
  `CAST(COALESCE(SUM((SELECT COUNT(*) FROM outbox WHERE kafka_partition = lane AND ${condition})), 0) AS SIGNED)`;

/** One statement, so that the numbers fit each other. Counting all rows takes about 0.2 s for a million. */
const STATS = `
SELECT (SELECT COUNT(*) FROM outbox) AS events,
  ${countOpen(`status = 'PENDING'`)} AS pending,
  ${countOpen(`status = 'PENDING' AND held_by IS NOT NULL`)} AS held,
  ${countOpen(`status = 'QUARANTINED'`)} AS quarantined,
  (SELECT COUNT(*) FROM outbox_blocks b JOIN outbox o ON o.id = b.outbox_id
    WHERE o.status = 'PENDING' AND o.next_attempt_at IS NOT NULL) AS retrying
FROM ${LANES}`;

/**
 * The oldest of each lane's first unattempted row and of all blocking ones; a row is attempted only as the head of a
 * block. The lowest row ID stands for the oldest event: IDs are given out as rows are created.
 */
const OLDEST = `
SELECT TIMESTAMPDIFF(MICROSECOND, MIN(o.created_at), NOW(6)) DIV 1000 AS oldest_ms
FROM (
    SELECT (SELECT id FROM outbox FORCE INDEX (outbox_claim)
        WHERE kafka_partition = lane AND status = 'PENDING' AND held_by IS NULL AND next_attempt_at IS NULL
        ORDER BY id LIMIT 1) AS id
      FROM ${LANES}
    UNION ALL
    SELECT outbox_id FROM outbox_blocks
  ) AS heads JOIN outbox o ON o.id = heads.id AND o.status = 'PENDING'`;

const HAS_PURGED = `
SELECT EXISTS (SELECT 1 FROM outbox_purges WHERE purged_rows > 0) AS purged`;

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
const ListedRow = t.strict({ ...entryColumns, id: WholeNumber });
const EndOfLookRow = t.strict({ next: nullable(WholeNumber) });
const BlockedRow = t.strict({ ...entryColumns, since: TimeMicros, held_events: WholeNumber });
const DetailRow = t.strict({ ...entryColumns, occurred_at: TimeShort, payload: t.string, headers: HeadersColumn });
const HistoryRow = t.strict({ attempt: WholeNumber, failed_at: TimeMicros, error: t.string });
const StatsRow = t.strict({
  events: WholeNumber,
  pending: WholeNumber,
  held: WholeNumber,
  quarantined: WholeNumber,
  retrying: WholeNumber,
});
const PurgedRow = t.strict({ purged: t.union([t.literal(0), t.literal(1)]) });
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

/** The rest of what was looked at is on later pages, also where none of this one is what was asked for. */
const endOfLook = async (connection: MySqlConnection, filter: PresentFilter): Promise<number | null> => {
  const end = endOfLookSql(filter);
  if (end === undefined) return null;
  return decodeFirst(EndOfLookRow, await connection.rows(end.sql, end.values))?.next ?? null;
};

const listPresent = async (connection: MySqlConnection, filter: PresentFilter): Promise<OutboxPage> => {
  const { sql, values } = pageSql(filter, COLUMNS, HOLDER);
  const rows = decodeRows(ListedRow, await connection.rows(sql, values));
  const shown = rows.slice(0, filter.limit);
  const next = rows.length > shown.length ? shown.at(-1)?.id : await endOfLook(connection, filter);
  return { entries: shown.map(toEntry), next: next === null || next === undefined ? null : String(next) };
};

/** Consistent reads of table `outbox`; they lock nothing. Lists are newest first. */
export class MySqlOutboxQueries implements OutboxQueries {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  list({ status, ...filter }: OutboxFilter): TaskEither<StorageUnavailable, OutboxPage> {
    if (!isAscii(`${filter.orderId ?? ''}${filter.type ?? ''}`)) return TE.right({ entries: [], next: null });
    return storageAttempt('list outbox', () =>
      this.#pool.use((connection) =>
        status === 'SKIPPED'
          ? listSkipped(connection, filter)
          : listPresent(connection, { ...filter, ...(status === undefined ? {} : { status }) }),
      ),
    );
  }

  blocked({ after = '', limit }: Parameters<OutboxQueries['blocked']>[0]): TaskEither<StorageUnavailable, BlockedPage> {
    return storageAttempt('list blocked orders', async () => {
      const rows = decodeRows(
        BlockedRow,
        await this.#pool.use((connection) => connection.rows(BLOCKED, [after, limit + 1])),
      );
      const orders = rows.slice(0, limit).map((row) => ({
        orderId: row.order_id,
        head: toEntry(row),
        heldEvents: row.held_events,
        since: row.since,
      }));
      return { orders, next: rows.length > limit ? (orders.at(-1)?.orderId ?? null) : null };
    });
  }

  ofOrder(orderId: string): TaskEither<StorageUnavailable, readonly OutboxEntry[]> {
    if (!isAscii(orderId)) return TE.right([]);
    return storageAttempt('list events of order', async () =>
      decodeRows(EntryRow, await this.#pool.use((connection) => connection.rows(LIST_OF_ORDER, [orderId]))).map(
        toEntry,
      ),
    );
  }

  skippedOfOrder(orderId: string): TaskEither<StorageUnavailable, readonly SkippedEntry[]> {
    if (!isAscii(orderId)) return TE.right([]);
    return storageAttempt('list skipped events of order', () =>
      this.#pool.use((connection) => skippedOfOrder(connection, orderId)),
    );
  }

  hasPurged(): TaskEither<StorageUnavailable, boolean> {
    return storageAttempt('look for purges', async () => {
      const rows = await this.#pool.use((connection) => connection.rows(HAS_PURGED));
      return decodeFirst(PurgedRow, rows)?.purged === 1;
    });
  }

  find(eventId: string): TaskEither<StorageUnavailable, OutboxEntryDetail | SkippedEntryDetail | undefined> {
    if (!isAscii(eventId)) return TE.right(undefined);
    return storageAttempt('find event', () =>
      this.#pool.use(async (connection) => {
        const row = decodeFirst(DetailRow, await connection.rows(FIND, [eventId]));
        const entry = row && {
          ...toEntry(row),
          occurredAt: row.occurred_at,
          payload: row.payload,
          headers: row.headers,
        };
        const found = entry ?? (await findSkipped(connection, eventId));
        if (found === undefined) return undefined;
        const history = decodeRows(HistoryRow, await connection.rows(HISTORY, [eventId])).map(toAttempt);
        return { ...found, history };
      }),
    );
  }

  stats(): TaskEither<StorageUnavailable, OutboxStats> {
    return storageAttempt('count outbox', () =>
      this.#pool.use(async (connection) => {
        const counts = decodeFirst(StatsRow, await connection.rows(STATS));
        const oldest = decodeFirst(OldestRow, await connection.rows(OLDEST));
        if (counts === undefined || oldest === undefined)
          throw new UnreadableRow('MySQL answered no row to an aggregate');
        const { events, ...open } = counts;
        const completed = events - open.pending - open.quarantined;
        return { ...open, completed, oldestPendingMs: oldest.oldest_ms };
      }),
    );
  }
}
