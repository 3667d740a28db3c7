import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type {
  LedgerEvent,
  LedgerOrder,
  LedgerPlace,
  LedgerPublished,
  LedgerRemains,
  LedgerTotals,
  OutboxLedger,
} from '../../application/ports/outbox-ledger.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { SqlValue } from './mysql-connection.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { OutboxStatusColumn, isAscii } from './outbox-rows.ts';
import { headersIn, rowOf, timeIn } from './row-columns.ts';
import { UnreadableRow, WholeNumber, decodeFirst, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const NOW = `SELECT CAST(NOW(6) - INTERVAL ? SECOND AS CHAR) AS now_text`;

/** One statement, so that the sums fit each other. */
const TOTALS = `
SELECT (SELECT CAST(COALESCE(SUM(version), 0) AS SIGNED) FROM orders) AS versions,
  (SELECT COUNT(*) FROM outbox) AS rows_,
  (SELECT CAST(COALESCE(SUM(purged_rows), 0) AS SIGNED) FROM outbox_purges) AS purged`;

const HAS_PURGED = `SELECT EXISTS (SELECT 1 FROM outbox_purges WHERE purged_rows > 0) AS purged`;

const ORDERS_AFTER = `
SELECT o.order_id, o.version, x.sequence, x.status, x.kafka_partition, x.kafka_offset
FROM (SELECT order_id, version FROM orders WHERE order_id > ? ORDER BY order_id LIMIT ?) AS o
  LEFT JOIN outbox x ON x.order_id = o.order_id
ORDER BY o.order_id, x.sequence`;

const FIND = `
SELECT event_id, order_id, sequence, type, version, occurred_at, payload, headers, status, kafka_partition, kafka_offset
FROM outbox WHERE event_id IN (?)
UNION ALL
SELECT event_id, order_id, sequence, type, version, occurred_at, payload, headers, 'SKIPPED', NULL, NULL
FROM outbox_skipped WHERE event_id IN (?)`;

const PLACES = `
SELECT event_id, order_id, sequence, status FROM outbox WHERE event_id IN (?)
UNION ALL
SELECT event_id, order_id, sequence, 'SKIPPED' FROM outbox_skipped WHERE event_id IN (?)`;

const REMAINS = `
SELECT o.order_id, o.version, MIN(x.sequence) AS first
FROM orders o LEFT JOIN outbox x ON x.order_id = o.order_id WHERE o.order_id IN (?) GROUP BY o.order_id, o.version`;

const PUBLISHED_COLUMNS =
  'id, event_id, order_id, sequence, kafka_partition, kafka_offset, CAST(published_at AS CHAR) AS published_text';

const PUBLISHED_AFTER = `
SELECT ${PUBLISHED_COLUMNS}
FROM outbox FORCE INDEX (PRIMARY) WHERE id > ? AND status = 'COMPLETED' AND published_at < ? ORDER BY id LIMIT ?`;

const PUBLISHED_OF = `
SELECT ${PUBLISHED_COLUMNS}
FROM outbox FORCE INDEX (outbox_order_sequence)
WHERE (order_id, sequence) IN (?) AND status = 'COMPLETED' AND published_at IS NOT NULL`;

/** For EXPLAIN, each with values as they come. */
export const PUBLISHED_QUERIES: Readonly<Record<string, readonly [sql: string, values: readonly SqlValue[]]>> = {
  publishedAfter: [PUBLISHED_AFTER, [1, '2026-01-31 09:30:00', 1_000]],
  publishedOf: [
    PUBLISHED_OF,
    [
      [
        ['o', 1],
        ['p', 2],
      ],
    ],
  ],
};

const ORPHANS = `
SELECT x.event_id FROM outbox x LEFT JOIN orders o ON o.order_id = x.order_id WHERE o.order_id IS NULL LIMIT ?`;

const nullable = <A>(codec: t.Type<A, unknown>): t.UnionC<[t.Type<A, unknown>, t.NullC]> => t.union([codec, t.null]);

const NowRow = t.strict({ now_text: t.string });
const TotalsRow = t.strict({ versions: WholeNumber, rows_: WholeNumber, purged: WholeNumber });
const HasPurgedRow = t.strict({ purged: t.union([t.literal(0), t.literal(1)]) });
const OrderRow = t.strict({
  order_id: t.string,
  version: WholeNumber,
  sequence: nullable(WholeNumber),
  status: nullable(OutboxStatusColumn),
  kafka_partition: nullable(WholeNumber),
  kafka_offset: nullable(WholeNumber),
});
const EventRow = t.strict({
  event_id: t.string,
  order_id: t.string,
  sequence: WholeNumber,
  type: t.string,
  version: WholeNumber,
  payload: t.string,
  status: t.union([OutboxStatusColumn, t.literal('SKIPPED')]),
  kafka_partition: nullable(WholeNumber),
  kafka_offset: nullable(WholeNumber),
});
const PlaceRow = t.strict({
  event_id: t.string,
  order_id: t.string,
  sequence: WholeNumber,
  status: t.union([OutboxStatusColumn, t.literal('SKIPPED')]),
});
const RemainsRow = t.strict({ order_id: t.string, version: WholeNumber, first: nullable(WholeNumber) });
const PublishedRow = t.strict({
  id: WholeNumber,
  event_id: t.string,
  order_id: t.string,
  sequence: WholeNumber,
  kafka_partition: WholeNumber,
  kafka_offset: nullable(WholeNumber),
  published_text: t.string,
});
const OrphanRow = t.strict({ event_id: t.string });

const toOrders = (rows: readonly t.TypeOf<typeof OrderRow>[]): readonly LedgerOrder[] => {
  const orders = new Map<string, { orderKey: string; version: number; events: LedgerOrder['events'][number][] }>();
  for (const { order_id, version, sequence, status, kafka_partition, kafka_offset } of rows) {
    const order = orders.get(order_id) ?? { orderKey: order_id, version, events: [] };
    orders.set(order_id, order);
    if (sequence !== null && status !== null && kafka_partition !== null)
      order.events.push({ sequence, status, lane: kafka_partition, offset: kafka_offset });
  }
  return [...orders.values()];
};

const toEvent = (row: unknown): LedgerEvent => {
  const [decoded] = decodeRows(EventRow, [row]);
  if (decoded === undefined) throw new UnreadableRow('no event');
  return {
    eventId: decoded.event_id,
    orderKey: decoded.order_id,
    sequence: decoded.sequence,
    type: decoded.type,
    version: decoded.version,
    occurredAt: timeIn(rowOf(row), 'occurred_at'),
    payload: decoded.payload,
    headers: headersIn(rowOf(row), 'headers'),
    status: decoded.status,
    lane: decoded.kafka_partition,
    offset: decoded.kafka_offset,
  };
};

/** Tables `orders`, `outbox`, `outbox_skipped` and `outbox_purges`; each answer is one statement, so of one moment. */
export class MySqlOutboxLedger implements OutboxLedger {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  now(lessSeconds: number): TaskEither<StorageUnavailable, string> {
    return storageAttempt(
      'read the time',
      async () => this.#first(NowRow, await this.#rows(NOW, [lessSeconds])).now_text,
    );
  }

  totals(): TaskEither<StorageUnavailable, LedgerTotals> {
    return storageAttempt('add up orders and events', async () => {
      const { versions, rows_, purged } = this.#first(TotalsRow, await this.#rows(TOTALS));
      return { versions, rows: rows_, purged };
    });
  }

  hasPurged(): TaskEither<StorageUnavailable, boolean> {
    return storageAttempt(
      'look for purges',
      async () => this.#first(HasPurgedRow, await this.#rows(HAS_PURGED)).purged === 1,
    );
  }

  ordersAfter(after: string, limit: number): TaskEither<StorageUnavailable, readonly LedgerOrder[]> {
    return storageAttempt('read orders', async () =>
      toOrders(decodeRows(OrderRow, await this.#rows(ORDERS_AFTER, [after, limit]))),
    );
  }

  find(eventIds: readonly string[]): TaskEither<StorageUnavailable, readonly LedgerEvent[]> {
    const ids = eventIds.filter(isAscii);
    if (ids.length === 0) return TE.right([]);
    return storageAttempt('find events', async () => (await this.#rows(FIND, [ids, ids])).map(toEvent));
  }

  placesOf(eventIds: readonly string[]): TaskEither<StorageUnavailable, readonly LedgerPlace[]> {
    const ids = eventIds.filter(isAscii);
    if (ids.length === 0) return TE.right([]);
    return storageAttempt('find events', async () =>
      decodeRows(PlaceRow, await this.#rows(PLACES, [ids, ids])).map(({ event_id, order_id, sequence, status }) => ({
        ...{ eventId: event_id, orderKey: order_id, sequence, status },
      })),
    );
  }

  remainsOf(orderKeys: readonly string[]): TaskEither<StorageUnavailable, ReadonlyMap<string, LedgerRemains>> {
    const keys = orderKeys.filter(isAscii);
    if (keys.length === 0) return TE.right(new Map<string, LedgerRemains>());
    return storageAttempt('find orders', async () => {
      const rows = decodeRows(RemainsRow, await this.#rows(REMAINS, [keys]));
      return new Map(rows.map(({ order_id, version, first }) => [order_id, { version, first }]));
    });
  }

  publishedAfter(
    after: number,
    before: string,
    limit: number,
  ): TaskEither<StorageUnavailable, readonly LedgerPublished[]> {
    return this.#published(PUBLISHED_AFTER, [after, before, limit]);
  }

  publishedOf(
    events: Parameters<OutboxLedger['publishedOf']>[0],
  ): TaskEither<StorageUnavailable, readonly LedgerPublished[]> {
    const places = events
      .filter(({ orderKey }) => isAscii(orderKey))
      .map(({ orderKey, sequence }) => [orderKey, sequence]);
    return places.length === 0 ? TE.right([]) : this.#published(PUBLISHED_OF, [places]);
  }

  #published(sql: string, values: readonly SqlValue[]): TaskEither<StorageUnavailable, readonly LedgerPublished[]> {
    return storageAttempt('read published events', async () =>
      decodeRows(PublishedRow, await this.#rows(sql, values)).map((row) => ({
        ...{ row: row.id, eventId: row.event_id, orderKey: row.order_id, sequence: row.sequence },
        ...{ lane: row.kafka_partition, offset: row.kafka_offset, publishedAt: row.published_text },
      })),
    );
  }

  orphans(limit: number): TaskEither<StorageUnavailable, readonly string[]> {
    return storageAttempt('look for events without an order', async () =>
      decodeRows(OrphanRow, await this.#rows(ORPHANS, [limit])).map(({ event_id }) => event_id),
    );
  }

  #rows(sql: string, values: readonly SqlValue[] = []): Promise<readonly unknown[]> {
    return this.#pool.use((connection) => connection.rows(sql, values));
  }

  #first<A>(codec: t.Decoder<unknown, A>, rows: readonly unknown[]): A {
    const row = decodeFirst(codec, rows);
    if (row === undefined) throw new UnreadableRow('MySQL answered no row');
    return row;
  }
}
