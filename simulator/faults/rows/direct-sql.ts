import mysql from 'mysql2/promise';
import type { House } from '../../run/house.ts';

const ANSWER_MS = 20_000;

/** Runs `act` on a connection of its own to the service's database, past any proxy. */
export const withSql = async <T>(
  { mysqlUrl }: Pick<House, 'mysqlUrl'>,
  act: (connection: mysql.Connection) => Promise<T>,
): Promise<T> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl, connectTimeout: 3_000 });
  // A connection that breaks must not end the process; the query reports it.
  connection.on('error', () => undefined);
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
