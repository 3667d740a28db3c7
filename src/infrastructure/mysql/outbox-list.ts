import type { OutboxFilter } from '../../application/ports/outbox-queries.ts';
import type { OutboxStatus } from '../../application/ports/outbox-status.ts';
import type { SqlValue } from './mysql-connection.ts';
import { idBefore } from './id-before.ts';
import { LANES } from './outbox-lanes.ts';

/** A filter on `outbox`, where skipped events no longer are. */
export type PresentFilter = Omit<OutboxFilter, 'status'> & { readonly status?: OutboxStatus };

interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Rows that one page looks at where no index finds what is asked for. */
export const LOOKED_AT = 20_000;

const SOURCE_OPEN = `
SELECT newest.id FROM ${LANES} JOIN LATERAL (
    SELECT id FROM outbox WHERE kafka_partition = lane AND status = ? AND id < ? ORDER BY id DESC LIMIT ?
  ) AS newest
ORDER BY newest.id DESC LIMIT ?`;

const SOURCE_COMPLETED = `
SELECT id FROM outbox WHERE status = 'COMPLETED' AND id < ? ORDER BY id DESC LIMIT ?`;

const SOURCE_NEWEST = `
SELECT id FROM outbox WHERE id < ? ORDER BY id DESC LIMIT ?`;

/** Within an order, IDs rise with the sequence. */
const SOURCE_OF_ORDER = `
SELECT id FROM outbox WHERE order_id = ? AND id < ? ORDER BY sequence DESC LIMIT ?`;

const SOURCE_OF_ORDER_AND_STATUS = `
SELECT id FROM outbox WHERE order_id = ? AND status = ? AND id < ? ORDER BY sequence DESC LIMIT ?`;

const isSifted = ({ type, error }: PresentFilter): boolean => type !== undefined || error !== undefined;

/** IDs of the newest rows that an index finds, one more than are shown, or as many as may be looked at. */
const sourceOf = (filter: PresentFilter): Statement => {
  const { status, orderId } = filter;
  const below = idBefore(filter.before);
  const rows = isSifted(filter) ? LOOKED_AT : filter.limit + 1;
  if (orderId !== undefined)
    return status === undefined
      ? { sql: SOURCE_OF_ORDER, values: [orderId, below, rows] }
      : { sql: SOURCE_OF_ORDER_AND_STATUS, values: [orderId, status, below, rows] };
  if (status === undefined) return { sql: SOURCE_NEWEST, values: [below, rows] };
  switch (status) {
    case 'COMPLETED':
      return { sql: SOURCE_COMPLETED, values: [below, rows] };
    case 'PENDING':
    case 'QUARANTINED':
      return { sql: SOURCE_OPEN, values: [status, below, rows, rows] };
  }
};

/** Errors are compared in whatever case; the text is no pattern. */
const SIFT = `
WHERE (? IS NULL OR o.type = ?) AND (? IS NULL OR LOCATE(?, o.last_error COLLATE utf8mb4_0900_ai_ci) > 0)`;

/** One row more than the page shows, the newest first. `columns` and `joins` speak of row `o`. */
export const pageSql = (filter: PresentFilter, columns: string, joins: string): Statement => {
  const source = sourceOf(filter);
  const type = filter.type ?? null;
  const error = filter.error ?? null;
  return {
    sql: `SELECT ${columns}, o.id FROM (${source.sql}) AS looked JOIN outbox o ON o.id = looked.id ${joins} ${SIFT}
ORDER BY o.id DESC LIMIT ?`,
    values: [...source.values, type, type, error, error, filter.limit + 1],
  };
};

/** Where the next look begins, when this one has looked at all it may; undefined when one page has shown everything. */
export const endOfLookSql = (filter: PresentFilter): Statement | undefined => {
  if (!isSifted(filter)) return undefined;
  const source = sourceOf(filter);
  return {
    sql: `SELECT IF(COUNT(*) = ${LOOKED_AT}, MIN(id), NULL) AS next FROM (${source.sql}) AS looked`,
    values: source.values,
  };
};
