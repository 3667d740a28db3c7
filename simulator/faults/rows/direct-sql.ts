import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import mysql from 'mysql2/promise';
import type { House } from '../../run/house.ts';

const ANSWER_MS = 20_000;

/** A connection of its own to the service's database, past any proxy. To be destroyed by whoever opened it. */
export const openSql = async ({ mysqlUrl }: Pick<House, 'mysqlUrl'>): Promise<mysql.Connection> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl, connectTimeout: 3_000 });
  // A connection that breaks must not end the process; the query reports it.
  connection.on('error', () => undefined);
  return connection;
};

/** Runs `act` on a connection of its own. */
export const withSql = async <T>(
  house: Pick<House, 'mysqlUrl'>,
  act: (connection: mysql.Connection) => Promise<T>,
): Promise<T> => {
  const connection = await openSql(house);
  try {
    return await act(connection);
  } finally {
    connection.destroy();
  }
};

/** Rows of one statement. */
export const rowsOf = async (connection: mysql.Connection, sql: string): Promise<readonly unknown[]> => {
  const [rows] = await connection.query({ sql, timeout: ANSWER_MS });
  return Array.isArray(rows) ? rows : [];
};

const Count = t.tuple([t.type({ n: t.number })]);

/** The number in the one row and column `n`. */
export const countOf = async (connection: mysql.Connection, sql: string): Promise<number> => {
  const decoded = Count.decode(await rowsOf(connection, sql));
  if (E.isLeft(decoded)) throw new Error(`no number came from: ${sql}`);
  return decoded.right[0].n;
};

/** How often it happened since the server started. */
export const lockCounter = (connection: mysql.Connection, name: 'lock_timeouts' | 'lock_deadlocks'): Promise<number> =>
  countOf(
    connection,
    `SELECT CAST(count AS SIGNED) AS n FROM information_schema.innodb_metrics WHERE name = '${name}'`,
  );
