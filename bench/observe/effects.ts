import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import type { Appended } from './read-topic.ts';

const EVERY_MS = 200;

interface Count extends RowDataPacket {
  readonly count: number;
}

interface Effect extends RowDataPacket {
  readonly event_id: string;
  readonly order_id: string;
  readonly sequence: number;
  readonly at: string;
}

const within = async <A>(mysqlUrl: string, act: (connection: mysql.Connection) => Promise<A>): Promise<A> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl });
  try {
    return await act(connection);
  } finally {
    await connection.end();
  }
};

/** The last ID tells roughly how many effects there are, for nothing; rollbacks and a table that is not there yet are no news. */
const lastEffect = async (connection: mysql.Connection): Promise<number> => {
  const [tables] = await connection.query<RowDataPacket[]>("SHOW TABLES LIKE 'effects'");
  if (tables.length === 0) return 0;
  const [[row]] = await connection.query<Count[]>('SELECT COALESCE(MAX(id), 0) AS count FROM effects');
  return row?.count ?? 0;
};

/** Resolves when there are at least `count` effects; rejects when nothing happened for `stillMs`. */
export const untilApplied = (mysqlUrl: string, count: number, stillMs: number): Promise<void> =>
  within(mysqlUrl, async (connection) => {
    let last = -1;
    let movedAt = performance.now();
    for (;;) {
      const now = await lastEffect(connection);
      if (now >= count) {
        const [[row]] = await connection.query<Count[]>('SELECT COUNT(*) AS count FROM effects');
        if ((row?.count ?? 0) >= count) return;
      }
      if (now !== last) [last, movedAt] = [now, performance.now()];
      if (performance.now() - movedAt > stillMs)
        throw new Error(`${now} of ${count} effects, and nothing for ${stillMs / 1_000} s`);
      await sleep(EVERY_MS);
    }
  });

/** All effects in the order in which they were written, as if each were a record. */
export const readEffects = (mysqlUrl: string): Promise<readonly Appended[]> =>
  within(mysqlUrl, async (connection) => {
    const [rows] = await connection.query<Effect[]>(
      'SELECT event_id, order_id, sequence, UNIX_TIMESTAMP(applied_at) * 1000 AS at FROM effects ORDER BY id',
    );
    return rows.map((row) => ({
      eventId: row.event_id,
      orderKey: row.order_id,
      sequence: row.sequence,
      at: Number(row.at),
    }));
  });
