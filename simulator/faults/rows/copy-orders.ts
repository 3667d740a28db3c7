import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Connection } from 'mysql2/promise';
import { partitionOf } from '../../checker/murmur2.ts';
import { rowsOf } from './direct-sql.ts';

const COPIES_AT_ONCE = 50;
/** Of a UUIDv7: all that tells it from others made at another moment. The rest of a copy's is its number. */
const PREFIX = 24;
const SUFFIX = 12;

/** Bytes and numbers of an event stay as the service wrote them, since no payload names its order; it is PENDING again. */
const COPY = [
  `INSERT INTO orders (order_id, version, status, customer_id, currency, total_minor, placed_at, payment_reference,
     paid_minor, paid_at, carrier, tracking_number, shipped_at, received_by, delivered_at, cancel_reason, cancelled_at)
   SELECT c.order_id, version, status, customer_id, currency, total_minor, placed_at, payment_reference, paid_minor,
     paid_at, carrier, tracking_number, shipped_at, received_by, delivered_at, cancel_reason, cancelled_at
   FROM copies c JOIN orders o ON o.order_id = c.original`,
  `INSERT INTO order_lines (order_id, line_number, sku, quantity, unit_price_minor)
   SELECT c.order_id, line_number, sku, quantity, unit_price_minor
   FROM copies c JOIN order_lines l ON l.order_id = c.original`,
  `INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, kafka_partition)
   SELECT CONCAT(LEFT(e.event_id, ${PREFIX}), LPAD(LOWER(HEX(c.number)), ${SUFFIX}, '0')), c.order_id, sequence, type,
     version, occurred_at, payload, headers, c.lane
   FROM copies c JOIN outbox e ON e.order_id = c.original
   ORDER BY e.sequence, c.number, c.order_id`,
];

const Originals = t.array(t.type({ orderId: t.string }));

/**
 * Copies every order there is, with its lines and events, `copies` times: many orders with valid bytes in little time.
 * Some of them share a transaction, in which the second events of all come after the first ones of all, and so on.
 */
export const copyOrders = async (connection: Connection, copies: number, partitions: number): Promise<void> => {
  const originals = Originals.decode(await rowsOf(connection, 'SELECT order_id AS orderId FROM orders'));
  if (E.isLeft(originals)) throw new Error('the orders could not be read');
  // Otherwise the rows that are copied would be locked against the relay.
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  await connection.query(
    `CREATE TEMPORARY TABLE copies (original CHAR(36) NOT NULL, number INT UNSIGNED NOT NULL, order_id CHAR(36) NOT NULL,
       lane SMALLINT UNSIGNED NOT NULL, PRIMARY KEY (order_id)) CHARACTER SET ascii COLLATE ascii_bin`,
  );
  for (let first = 1; first <= copies; first += COPIES_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(COPIES_AT_ONCE, copies - first + 1) }, (_, index) => first + index);
    const rows = numbers.flatMap((number) =>
      originals.right.map(({ orderId: original }) => {
        const orderId = `${original.slice(0, PREFIX)}${number.toString(16).padStart(SUFFIX, '0')}`;
        return [original, number, orderId, partitionOf(orderId, partitions)];
      }),
    );
    await connection.query('INSERT INTO copies (original, number, order_id, lane) VALUES ?', [rows]);
    await connection.beginTransaction();
    for (const sql of COPY) await connection.query(sql);
    await connection.commit();
    await connection.query('DELETE FROM copies');
  }
};
