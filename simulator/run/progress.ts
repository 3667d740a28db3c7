import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import mysql from 'mysql2/promise';

/** How far the run is, counted in the databases at one moment. For the person watching and for waiting; no evidence. */
export interface Progress {
  readonly orders: number;
  readonly delivered: number;
  readonly cancelled: number;
  /** Events committed with their orders, those whose rows were purged since included. */
  readonly committed: number;
  /** The same of those that are published: only such rows are purged. */
  readonly published: number;
  /** PENDING and free to go. */
  readonly pending: number;
  /** PENDING behind an earlier event of their order. */
  readonly held: number;
  readonly quarantined: number;
  /** Events each consumer has taken note of, by consumer. */
  readonly consumed: Readonly<Record<string, number>>;
}

const QUERY_TIMEOUT_MS = 3_000;

const Count = t.type({ n: t.number });
const Orders = t.type({ orders: t.number, delivered: t.number, cancelled: t.number });
const Outbox = t.type({
  committed: t.number,
  published: t.number,
  pending: t.number,
  held: t.number,
  quarantined: t.number,
});

const ORDERS = `
  SELECT COUNT(*) AS orders, COUNT(CASE WHEN status = 'delivered' THEN 1 END) AS delivered,
         COUNT(CASE WHEN status = 'cancelled' THEN 1 END) AS cancelled
  FROM orders`;
const PURGED = '(SELECT CAST(COALESCE(SUM(purged_rows), 0) AS SIGNED) FROM outbox_purges)';
const OUTBOX = `
  SELECT COUNT(*) + ${PURGED} AS committed, COUNT(CASE WHEN status = 'COMPLETED' THEN 1 END) + ${PURGED} AS published,
         COUNT(CASE WHEN status = 'PENDING' AND held_by IS NULL THEN 1 END) AS pending,
         COUNT(CASE WHEN status = 'PENDING' AND held_by IS NOT NULL THEN 1 END) AS held,
         COUNT(CASE WHEN status = 'QUARANTINED' THEN 1 END) AS quarantined
  FROM outbox`;
const INBOX = 'SELECT COUNT(*) AS n FROM inbox';

const queryOne = async <A>(mysqlUrl: string, row: t.Type<A, unknown>, sql: string): Promise<A> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl, connectTimeout: QUERY_TIMEOUT_MS });
  try {
    // A connection that breaks must not end the process; the query reports it.
    connection.on('error', () => undefined);
    const [rows] = await connection.query({ sql, timeout: QUERY_TIMEOUT_MS });
    const decoded = row.decode(Array.isArray(rows) ? rows[0] : undefined);
    if (E.isLeft(decoded)) throw new Error(`an unexpected row came from: ${sql}`);
    return decoded.right;
  } finally {
    connection.destroy();
  }
};

/** Undefined while a database does not answer. */
export const readProgress = async (
  mysqlUrl: string,
  consumers: readonly { readonly name: string; readonly mysqlUrl: string }[],
): Promise<Progress | undefined> => {
  try {
    const [orders, outbox, ...consumed] = await Promise.all([
      queryOne(mysqlUrl, Orders, ORDERS),
      queryOne(mysqlUrl, Outbox, OUTBOX),
      ...consumers.map(
        async (consumer) => [consumer.name, (await queryOne(consumer.mysqlUrl, Count, INBOX)).n] as const,
      ),
    ]);
    return { ...orders, ...outbox, consumed: Object.fromEntries(consumed) };
  } catch {
    return undefined;
  }
};

/** Every order delivered or cancelled, every event published and taken note of by every consumer. */
export const isComplete = ({ orders, delivered, cancelled, committed, published, consumed }: Progress): boolean =>
  orders === delivered + cancelled &&
  committed === published &&
  Object.values(consumed).every((count) => count >= published);
