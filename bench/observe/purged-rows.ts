import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';

interface Total extends RowDataPacket {
  readonly purged: number;
}

/** Rows that were purged from the outbox so far. */
export const purgedRows = async (mysqlUrl: string): Promise<number> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl });
  try {
    const [[total]] = await connection.query<Total[]>(
      'SELECT CAST(COALESCE(SUM(purged_rows), 0) AS SIGNED) AS purged FROM outbox_purges',
    );
    return total?.purged ?? Number.NaN;
  } finally {
    await connection.end();
  }
};
