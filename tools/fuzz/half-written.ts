import mysql from 'mysql2/promise';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/**
 * Each counts what must not be, in one statement, so that it sees one moment of a database at work: an order's version is
 * the number of its events, and whatever is answered was done.
 */
const RULES: Readonly<Record<string, string>> = {
  'orders whose version is not the number of their events': `
    SELECT COUNT(*) AS found FROM orders o WHERE o.version <>
      (SELECT COUNT(*) FROM outbox e WHERE e.order_id = o.order_id)`,
  'orders whose events are not numbered from 1 without a gap': `
    SELECT COUNT(*) AS found FROM (SELECT order_id FROM outbox GROUP BY order_id
      HAVING MIN(sequence) <> 1 OR MAX(sequence) <> COUNT(*)) gaps`,
  'orders without a line': `
    SELECT COUNT(*) AS found FROM orders o
      WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.order_id)`,
  'lines without an order': `
    SELECT COUNT(*) AS found FROM order_lines l LEFT JOIN orders o USING (order_id) WHERE o.order_id IS NULL`,
  'events without an order': `
    SELECT COUNT(*) AS found FROM outbox e LEFT JOIN orders o USING (order_id) WHERE o.order_id IS NULL`,
  'keys of requests without an answer': 'SELECT COUNT(*) AS found FROM idempotency_keys WHERE answer IS NULL',
};

const Counted = t.tuple([t.type({ found: t.number })]);
const Orders = t.tuple([t.type({ orders: t.number, events: t.number })]);

const decodeRows = <A>(codec: t.Type<A, unknown>, rows: unknown): A => {
  const decoded = codec.decode(rows);
  if (E.isLeft(decoded)) throw new TypeError('MySQL answers with other columns than were asked for');
  return decoded.right;
};

export interface Written {
  readonly orders: number;
  readonly events: number;
  /** One line for each rule that is broken. */
  readonly broken: readonly string[];
}

/** What is in the database of the service, and whether anything of it was written by half. */
export const readWritten = async (mysqlUrl: string): Promise<Written> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl, connectTimeout: 10_000 });
  try {
    const broken: string[] = [];
    for (const [what, sql] of Object.entries(RULES)) {
      const [rows] = await connection.query(sql);
      const [{ found }] = decodeRows(Counted, rows);
      if (found > 0) broken.push(`${found} ${what}`);
    }
    const [rows] = await connection.query(
      'SELECT (SELECT COUNT(*) FROM orders) AS orders, (SELECT COUNT(*) FROM outbox) AS events',
    );
    const [{ orders, events }] = decodeRows(Orders, rows);
    return { orders, events, broken };
  } finally {
    await connection.end();
  }
};
