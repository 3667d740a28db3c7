import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';

const FEW_PAGES = 200;
const EVERY_MS = 250;
const AT_MOST_MS = 180_000;

interface Status extends RowDataPacket {
  readonly Value: string;
}

interface Percentage extends RowDataPacket {
  readonly dirty: number;
}

/** Lets MySQL write out what a bulk fill left in its memory, so that it does not do so while something is measured. */
export const settleDatabase = async (mysqlUrl: string): Promise<void> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl });
  const setDirty = (percent: number | undefined): Promise<unknown> =>
    connection.query('SET GLOBAL innodb_max_dirty_pages_pct = ?', [percent]);
  try {
    const [[usual]] = await connection.query<Percentage[]>('SELECT @@GLOBAL.innodb_max_dirty_pages_pct AS dirty');
    await setDirty(0);
    const giveUpAt = performance.now() + AT_MOST_MS;
    for (;;) {
      const [[pages]] = await connection.query<Status[]>("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'");
      if (Number(pages?.Value) < FEW_PAGES || performance.now() > giveUpAt) break;
      await sleep(EVERY_MS);
    }
    await setDirty(usual?.dirty);
  } finally {
    await connection.end();
  }
};
