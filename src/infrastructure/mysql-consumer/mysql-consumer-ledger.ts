import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type {
  ConsumedCallback,
  ConsumedEvent,
  ConsumedOrder,
  ConsumerLedger,
  StuckCallback,
} from '../../application/ports/consumer-ledger.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { SqlValue } from '../mysql/mysql-connection.ts';
import type { MySqlPool } from '../mysql/mysql-pool.ts';
import { WholeNumber, decodeRows } from '../mysql/rows.ts';
import { storageAttempt } from '../mysql/storage-attempt.ts';

/*
 * Each page is a range of a primary or unique key, and looks each of its rows up in the other tables by a key of theirs:
 * it costs the same however large the tables are. A test asks EXPLAIN.
 */

/** `some` names the orders. One statement, so that what is told of an order is of one moment. */
const orders = (some: string): string => `
SELECT o.order_id AS orderKey, o.last_sequence AS lastSequence, o.baseline_sequence AS baseline,
  o.purged_through AS purgedThrough, o.parked, i.applied, i.first, i.last, w.waiting, w.head, p.kept
FROM (${some}) AS o
  LEFT JOIN LATERAL (
    SELECT COUNT(*) AS applied, MIN(sequence) AS first, MAX(sequence) AS last FROM inbox FORCE INDEX (inbox_of_order)
    WHERE consumer = o.consumer AND order_id = o.order_id AND sequence > o.purged_through
  ) i ON TRUE
  LEFT JOIN LATERAL (
    SELECT COUNT(*) AS waiting, MIN(sequence) AS head FROM inbox_waiting FORCE INDEX (inbox_waiting_of_order)
    WHERE consumer = o.consumer AND order_id = o.order_id
  ) w ON TRUE
  LEFT JOIN LATERAL (
    SELECT COUNT(*) AS kept FROM inbox_parked_records FORCE INDEX (inbox_parked_of_order)
    WHERE consumer = o.consumer AND order_id = o.order_id AND dismissed_at IS NULL
  ) p ON TRUE
ORDER BY o.order_id`;

const ORDER_COLUMNS =
  'consumer, order_id, last_sequence, baseline_sequence, purged_through, parked_at IS NOT NULL AS parked';

const ORDERS_AFTER = orders(`
  SELECT ${ORDER_COLUMNS} FROM inbox_orders FORCE INDEX (PRIMARY)
  WHERE consumer = ? AND order_id > ? ORDER BY order_id LIMIT ?`);

const ORDERS_OF = orders(`
  SELECT ${ORDER_COLUMNS} FROM inbox_orders FORCE INDEX (PRIMARY) WHERE consumer = ? AND order_id IN (?)`);

const APPLIED_AFTER = `
SELECT i.event_id AS eventId, i.order_id AS orderKey, i.sequence, o.order_id IS NOT NULL AS hasOrder,
  w.id IS NOT NULL AS waitsToo
FROM (SELECT consumer, event_id, order_id, sequence FROM inbox FORCE INDEX (PRIMARY)
    WHERE consumer = ? AND event_id > ? ORDER BY event_id LIMIT ?) AS i
  LEFT JOIN inbox_orders o ON o.consumer = i.consumer AND o.order_id = i.order_id
  LEFT JOIN inbox_waiting w ON w.consumer = i.consumer AND w.event_id = i.event_id
ORDER BY i.event_id`;

const WAITING_AFTER = `
SELECT w.event_id AS eventId, w.order_id AS orderKey, w.sequence, o.order_id IS NOT NULL AS hasOrder, 0 AS waitsToo
FROM (SELECT consumer, event_id, order_id, sequence FROM inbox_waiting FORCE INDEX (inbox_waiting_event)
    WHERE consumer = ? AND event_id > ? ORDER BY event_id LIMIT ?) AS w
  LEFT JOIN inbox_orders o ON o.consumer = w.consumer AND o.order_id = w.order_id
ORDER BY w.event_id`;

const REACHED = `
SELECT order_id AS orderKey, GREATEST(last_sequence, purged_through) AS reached FROM inbox_orders FORCE INDEX (PRIMARY)
WHERE consumer = ? AND order_id IN (?)`;

const HEARD = `
SELECT event_id AS eventId FROM inbox FORCE INDEX (PRIMARY) WHERE consumer = ? AND event_id IN (?)
UNION
SELECT event_id FROM inbox_waiting FORCE INDEX (inbox_waiting_event) WHERE consumer = ? AND event_id IN (?)
UNION
SELECT event_id FROM inbox_parked_records FORCE INDEX (inbox_parked_of_order)
WHERE consumer = ? AND order_id IN (?) AND event_id IN (?)`;

const CALLBACKS_AFTER = `
SELECT c.id AS \`row\`, c.name, c.event_id AS eventId, c.order_id AS orderKey, c.sequence,
  (i.event_id IS NOT NULL OR COALESCE(o.purged_through, 0) >= c.sequence) AS hasEvent
FROM (SELECT id, consumer, name, event_id, order_id, sequence FROM callbacks FORCE INDEX (PRIMARY)
    WHERE id > ? AND consumer = ? ORDER BY id LIMIT ?) AS c
  LEFT JOIN inbox i ON i.consumer = c.consumer AND i.event_id = c.event_id
  LEFT JOIN inbox_orders o ON o.consumer = c.consumer AND o.order_id = c.order_id
ORDER BY c.id`;

/** Those behind another one of their order wait for that. */
const STUCK_CALLBACKS = `
SELECT c.event_id AS eventId, c.name, c.order_id AS orderKey, c.attempts,
  GREATEST(0, TIMESTAMPDIFF(SECOND, c.next_attempt_at, NOW(6))) AS dueForSeconds
FROM callbacks c FORCE INDEX (callbacks_due)
WHERE c.consumer = ? AND c.status = 'pending' AND (c.next_attempt_at < NOW(6) - INTERVAL ? SECOND OR c.attempts >= ?)
  AND NOT EXISTS (SELECT 1 FROM callbacks e FORCE INDEX (callbacks_of_order)
    WHERE e.consumer = c.consumer AND e.order_id = c.order_id AND e.status = 'pending' AND e.id < c.id)
ORDER BY c.next_attempt_at LIMIT ?`;

/** For EXPLAIN, each with values as they come. */
export const CONSUMER_LEDGER_QUERIES: Readonly<Record<string, readonly [sql: string, values: readonly SqlValue[]]>> = {
  ordersAfter: [ORDERS_AFTER, ['c', 'o', 500]],
  ordersOf: [ORDERS_OF, ['c', ['o', 'p']]],
  appliedAfter: [APPLIED_AFTER, ['c', 'e', 1_000]],
  waitingAfter: [WAITING_AFTER, ['c', 'e', 1_000]],
  reachedOf: [REACHED, ['c', ['o', 'p']]],
  heardOf: [HEARD, ['c', ['e', 'f'], 'c', ['e', 'f'], 'c', ['o', 'p'], ['e', 'f']]],
  callbacksAfter: [CALLBACKS_AFTER, [1, 'c', 2_000]],
  stuckCallbacks: [STUCK_CALLBACKS, ['c', 300, 100, 1_000]],
};

const nullable = <A>(codec: t.Type<A, unknown>): t.Type<A | null, unknown> => t.union([codec, t.null]);
const Flag = t.union([t.literal(0), t.literal(1)]);

const OrderRow = t.strict({
  orderKey: t.string,
  lastSequence: WholeNumber,
  baseline: nullable(WholeNumber),
  purgedThrough: WholeNumber,
  parked: Flag,
  applied: WholeNumber,
  first: nullable(WholeNumber),
  last: nullable(WholeNumber),
  waiting: WholeNumber,
  head: nullable(WholeNumber),
  kept: WholeNumber,
});
const EventRow = t.strict({
  eventId: t.string,
  orderKey: t.string,
  sequence: WholeNumber,
  hasOrder: Flag,
  waitsToo: Flag,
});
const ReachedRow = t.strict({ orderKey: t.string, reached: WholeNumber });
const HeardRow = t.strict({ eventId: t.string });
const CallbackRow = t.strict({
  row: WholeNumber,
  name: t.string,
  eventId: t.string,
  orderKey: t.string,
  sequence: WholeNumber,
  hasEvent: Flag,
});
const StuckRow = t.strict({
  eventId: t.string,
  name: t.string,
  orderKey: t.string,
  attempts: WholeNumber,
  dueForSeconds: WholeNumber,
});

const orderOf = ({
  parked,
  applied,
  first,
  last,
  waiting,
  head,
  ...row
}: t.TypeOf<typeof OrderRow>): ConsumedOrder => ({
  ...row,
  parked: parked === 1,
  applied: { count: applied, first, last },
  waiting: { count: waiting, head },
});

/** The tables of one consumer's kit. */
export class MySqlConsumerLedger implements ConsumerLedger {
  constructor(
    private readonly pool: MySqlPool,
    private readonly consumer: string,
  ) {}

  ordersAfter(after: string, limit: number): TaskEither<StorageUnavailable, readonly ConsumedOrder[]> {
    return this.orders(ORDERS_AFTER, [this.consumer, after, limit]);
  }

  ordersOf(orderKeys: readonly string[]): TaskEither<StorageUnavailable, readonly ConsumedOrder[]> {
    return orderKeys.length === 0 ? TE.right([]) : this.orders(ORDERS_OF, [this.consumer, orderKeys]);
  }

  appliedAfter(after: string, limit: number): TaskEither<StorageUnavailable, readonly ConsumedEvent[]> {
    return this.events(APPLIED_AFTER, [this.consumer, after, limit]);
  }

  waitingAfter(after: string, limit: number): TaskEither<StorageUnavailable, readonly ConsumedEvent[]> {
    return this.events(WAITING_AFTER, [this.consumer, after, limit]);
  }

  reachedOf(orderKeys: readonly string[]): TaskEither<StorageUnavailable, ReadonlyMap<string, number>> {
    if (orderKeys.length === 0) return TE.right(new Map<string, number>());
    return storageAttempt('read orders of the inbox', async () => {
      const rows = decodeRows(ReachedRow, await this.rows(REACHED, [this.consumer, orderKeys]));
      return new Map(rows.map(({ orderKey, reached }) => [orderKey, reached]));
    });
  }

  heardOf(events: Parameters<ConsumerLedger['heardOf']>[0]): TaskEither<StorageUnavailable, ReadonlySet<string>> {
    if (events.length === 0) return TE.right(new Set<string>());
    const { consumer } = this;
    const ids = events.map(({ eventId }) => eventId);
    const orderKeys = [...new Set(events.map(({ orderKey }) => orderKey))];
    return storageAttempt('read events of the inbox', async () => {
      const rows = await this.rows(HEARD, [consumer, ids, consumer, ids, consumer, orderKeys, ids]);
      return new Set(decodeRows(HeardRow, rows).map(({ eventId }) => eventId));
    });
  }

  callbacksAfter(row: number, limit: number): TaskEither<StorageUnavailable, readonly ConsumedCallback[]> {
    return storageAttempt('read callbacks', async () =>
      decodeRows(CallbackRow, await this.rows(CALLBACKS_AFTER, [row, this.consumer, limit])).map((callback) => ({
        ...callback,
        hasEvent: callback.hasEvent === 1,
      })),
    );
  }

  stuckCallbacks(
    { dueForSeconds, attempts }: Parameters<ConsumerLedger['stuckCallbacks']>[0],
    limit: number,
  ): TaskEither<StorageUnavailable, readonly StuckCallback[]> {
    return storageAttempt('read callbacks', async () =>
      decodeRows(StuckRow, await this.rows(STUCK_CALLBACKS, [this.consumer, dueForSeconds, attempts, limit])),
    );
  }

  private orders(sql: string, values: readonly SqlValue[]): TaskEither<StorageUnavailable, readonly ConsumedOrder[]> {
    return storageAttempt('read orders of the inbox', async () =>
      decodeRows(OrderRow, await this.rows(sql, values)).map(orderOf),
    );
  }

  private events(sql: string, values: readonly SqlValue[]): TaskEither<StorageUnavailable, readonly ConsumedEvent[]> {
    return storageAttempt('read events of the inbox', async () =>
      decodeRows(EventRow, await this.rows(sql, values)).map(({ hasOrder, waitsToo, ...event }) => ({
        ...event,
        hasOrder: hasOrder === 1,
        waitsToo: waitsToo === 1,
      })),
    );
  }

  private rows(sql: string, values: readonly SqlValue[]): Promise<readonly unknown[]> {
    return this.pool.use((connection) => connection.rows(sql, values));
  }
}
