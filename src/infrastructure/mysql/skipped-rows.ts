import * as t from 'io-ts';
import type {
  OutboxFilter,
  OutboxPage,
  SkippedEntry,
  SkippedEntryDetail,
} from '../../application/ports/outbox-queries.ts';
import type { MySqlConnection } from './mysql-connection.ts';
import { HeadersColumn } from './outbox-rows.ts';
import { TimeMicros, TimeShort, WholeNumber, decodeFirst, decodeRows } from './rows.ts';

const COLUMNS = `event_id, order_id, sequence, type, version, attempts, last_error, created_at, skipped_at, skipped_by,
  reason, replacement_event_id`;

const SKIPPED_OF_ORDER = `
SELECT ${COLUMNS} FROM outbox_skipped WHERE order_id = ? ORDER BY sequence`;

const FIND_SKIPPED = `
SELECT ${COLUMNS}, occurred_at, payload, headers FROM outbox_skipped WHERE event_id = ?`;

/** Event IDs rise with time, so the newest events come first. Operators skip few: all of them may be looked at. */
const LIST_SKIPPED = `
SELECT ${COLUMNS} FROM outbox_skipped
WHERE event_id < ? AND (? IS NULL OR order_id = ?) AND (? IS NULL OR type = ?)
  AND (? IS NULL OR LOCATE(?, last_error COLLATE utf8mb4_0900_ai_ci) > 0)
ORDER BY event_id DESC LIMIT ?`;

const columns = {
  event_id: t.string,
  order_id: t.string,
  sequence: WholeNumber,
  type: t.string,
  version: WholeNumber,
  attempts: WholeNumber,
  last_error: t.union([t.string, t.null]),
  created_at: TimeMicros,
  skipped_at: TimeMicros,
  skipped_by: t.string,
  reason: t.string,
  replacement_event_id: t.string,
};
const SkippedRow = t.strict(columns);
const SkippedDetailRow = t.strict({
  ...columns,
  occurred_at: TimeShort,
  payload: t.string,
  headers: HeadersColumn,
});

const toSkipped = (row: t.TypeOf<typeof SkippedRow>): SkippedEntry => ({
  eventId: row.event_id,
  orderId: row.order_id,
  sequence: row.sequence,
  type: row.type,
  version: row.version,
  status: 'SKIPPED',
  attempts: row.attempts,
  lastError: row.last_error,
  createdAt: row.created_at,
  skippedAt: row.skipped_at,
  skippedBy: row.skipped_by,
  reason: row.reason,
  replacementEventId: row.replacement_event_id,
});

export const skippedOfOrder = async (connection: MySqlConnection, orderId: string): Promise<readonly SkippedEntry[]> =>
  decodeRows(SkippedRow, await connection.rows(SKIPPED_OF_ORDER, [orderId])).map(toSkipped);

export const findSkipped = async (
  connection: MySqlConnection,
  eventId: string,
): Promise<Omit<SkippedEntryDetail, 'history'> | undefined> => {
  const row = decodeFirst(SkippedDetailRow, await connection.rows(FIND_SKIPPED, [eventId]));
  return row && { ...toSkipped(row), occurredAt: row.occurred_at, payload: row.payload, headers: row.headers };
};

const AFTER_EVERY_ID = 'g';

export const listSkipped = async (
  connection: MySqlConnection,
  filter: Omit<OutboxFilter, 'status'>,
): Promise<OutboxPage> => {
  const { orderId = null, type = null, error = null, before = AFTER_EVERY_ID, limit } = filter;
  const values = [before, orderId, orderId, type, type, error, error, limit + 1];
  const entries = decodeRows(SkippedRow, await connection.rows(LIST_SKIPPED, values)).map(toSkipped);
  const shown = entries.slice(0, limit);
  return { entries: shown, next: entries.length > limit ? (shown.at(-1)?.eventId ?? null) : null };
};
