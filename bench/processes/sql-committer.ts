import mysql from 'mysql2/promise';
import { benchEvent } from '../events/bench-event.ts';
import { INSERT_ROWS, outboxRow } from '../events/outbox-row.ts';
import { preciseNow, type Committer } from './committer.ts';

const CONNECTIONS = 16;

/** Commits by one statement each, on connections that are open before the first; then calls `committed`. */
export const openSqlCommitter = async (mysqlUrl: string, committed: (orderKey: string) => void): Promise<Committer> => {
  const pool = mysql.createPool({ uri: mysqlUrl, connectionLimit: CONNECTIONS });
  const warmed = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.getConnection()));
  for (const connection of warmed) connection.release();
  return {
    commit: async (index) => {
      const event = benchEvent(index);
      await pool.query(INSERT_ROWS, [[outboxRow(event)]]);
      const at = preciseNow();
      committed(event.orderKey);
      return at;
    },
    close: () => pool.end(),
  };
};
