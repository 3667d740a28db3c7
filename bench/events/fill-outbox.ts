import mysql from 'mysql2/promise';
import { benchEvent, type BenchEvent } from './bench-event.ts';
import { INSERT_ROWS, outboxRow } from './outbox-row.ts';

const ROWS_AT_ONCE = 2_000;

/** Puts events `from` to `from + count - 1` into the outbox as PENDING, in bulk; then lets MySQL look at its statistics again. */
export const fillOutbox = async (
  mysqlUrl: string,
  count: number,
  from = 0,
  eventAt: (index: number) => BenchEvent = benchEvent,
): Promise<void> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl });
  try {
    for (let done = 0; done < count; done += ROWS_AT_ONCE) {
      const length = Math.min(ROWS_AT_ONCE, count - done);
      const rows = Array.from({ length }, (_, i) => outboxRow(eventAt(from + done + i)));
      await connection.query(INSERT_ROWS, [rows]);
    }
    await connection.query('ANALYZE TABLE outbox');
  } finally {
    await connection.end();
  }
};
