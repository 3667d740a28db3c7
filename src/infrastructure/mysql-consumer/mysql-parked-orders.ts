import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import { parkingCauseNamed } from '../../application/ports/inbox.ts';
import { MOST_BEHIND_COUNTED } from '../../application/ports/parked-orders.ts';
import type { ParkedOrder, ParkedOrders, ParkedPage, ParkedQuery } from '../../application/ports/parked-orders.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import { Instant } from '../../domain/instant.ts';
import type { MySqlPool } from '../mysql/mysql-pool.ts';
import { TimeMicros, WholeNumber, decodeRows } from '../mysql/rows.ts';
import { storageAttempt } from '../mysql/storage-attempt.ts';

const nullable = <A>(codec: t.Type<A, unknown>): t.Type<A | null, unknown> => t.union([codec, t.null]);

const ParkedRow = t.strict({
  orderId: t.string,
  /** A newer release may know more of them. */
  cause: nullable(t.string),
  error: nullable(t.string),
  since: TimeMicros,
  eventId: nullable(t.string),
  sequence: nullable(WholeNumber),
  type: nullable(t.string),
  behind: WholeNumber,
});
const IdRow = t.strict({ orderId: t.string });

// By the index of what is parked: an order that a consumer has ever seen has a row for good, so its primary key is long.
const LIST = `
  SELECT o.order_id AS orderId, o.parked_cause AS cause, o.parked_reason AS error, o.parked_at AS since,
         o.parked_event_id AS eventId, e.sequence, e.type,
         (SELECT COUNT(*) FROM (SELECT 1 FROM inbox_waiting w
                                 WHERE w.consumer = o.consumer AND w.order_id = o.order_id
                                   AND (o.parked_event_id IS NULL OR w.event_id <> o.parked_event_id)
                                 LIMIT ${MOST_BEHIND_COUNTED}) AS others) AS behind
    FROM inbox_orders o FORCE INDEX (inbox_orders_parked)
    LEFT JOIN inbox_waiting e ON e.consumer = o.consumer AND e.event_id = o.parked_event_id
   WHERE o.consumer = ? AND o.parked_at >= ? AND (o.parked_at > ? OR o.order_id > ?) AND (? IS NULL OR o.parked_cause = ?)
   ORDER BY o.parked_at, o.order_id LIMIT ?`;

const AMONG = `
  SELECT order_id AS orderId FROM inbox_orders WHERE consumer = ? AND order_id IN (?) AND parked_at IS NOT NULL`;

/** Before anything that was ever parked. */
const BEGINNING = { since: '1000-01-01 00:00:00.000000', orderId: '' };

/** `20260131093000123456-` and the order ID: the page goes on behind that order, whether it is still parked or not. */
const CURSOR = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})(\d{3})-([0-9a-f-]{36})$/;

const cursorOf = ({ since, orderId }: ParkedOrder): string => `${since.replaceAll(/\D/g, '')}-${orderId}`;

/** What is no cursor, or has a time that does not exist, is the beginning: MySQL would fail at such a time. */
const placeOf = (after = ''): typeof BEGINNING =>
  CURSOR.test(after) && Instant.is(after.replace(CURSOR, '$1-$2-$3T$4:$5:$6.$7Z'))
    ? { since: after.replace(CURSOR, '$1-$2-$3 $4:$5:$6.$7$8'), orderId: after.replace(CURSOR, '$9') }
    : BEGINNING;

const orderOf = ({ eventId, sequence, type, cause, error, ...row }: t.TypeOf<typeof ParkedRow>): ParkedOrder => ({
  ...row,
  cause: parkingCauseNamed(cause) ?? null,
  error: error ?? '',
  event: eventId === null ? null : { eventId, sequence, type },
});

/** Reads of the tables of one consumer's inbox. */
export class MySqlParkedOrders implements ParkedOrders {
  constructor(
    private readonly pool: MySqlPool,
    private readonly consumer: string,
  ) {}

  list({ cause, after, limit }: ParkedQuery): TaskEither<StorageUnavailable, ParkedPage> {
    return storageAttempt('list parked orders', async () => {
      const { since, orderId } = placeOf(after);
      const values = [this.consumer, since, since, orderId, cause ?? null, cause ?? null, limit + 1];
      const rows = decodeRows(ParkedRow, await this.pool.use((connection) => connection.rows(LIST, values)));
      const orders = rows.slice(0, limit).map(orderOf);
      const last = orders.at(-1);
      return { orders, next: rows.length > limit && last !== undefined ? cursorOf(last) : null };
    });
  }

  among(orderIds: readonly string[]): TaskEither<StorageUnavailable, readonly string[]> {
    if (orderIds.length === 0) return TE.right([]);
    return storageAttempt('look which orders are parked', async () => {
      const rows = await this.pool.use((connection) => connection.rows(AMONG, [this.consumer, orderIds]));
      return decodeRows(IdRow, rows).map(({ orderId }) => orderId);
    });
  }
}
