import mysql from 'mysql2/promise';
import { benchEvent } from './bench-event.ts';
import { INSERT_ROWS, outboxRow } from './outbox-row.ts';

const ROWS_AT_ONCE = 2_000;

/** Puts events 0 to `count` - 1 into the outbox as PENDING, in bulk; then lets MySQL look at its statistics again. */
export const fillOutbox = async (mysqlUrl: string, count: number): Promise<void> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl });
  try {
    for (let from = 0; from < count; from += ROWS_AT_ONCE) {
      const length = Math.min(ROWS_AT_ONCE, count - from);
      await connection.query(INSERT_ROWS, [Array.from({ length }, (_, i) => outboxRow(benchEvent(from + i)))]);
    }
    await connection.query('ANALYZE TABLE outbox');
  } finally {
    await connection.end();
  }
};
