import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as t from 'io-ts';
import { expect } from 'chai';
import { migrate } from '../../../src/infrastructure/mysql/migrate.ts';
import { decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { rightOf } from '../../support/decoded.ts';
import { testPool } from '../../support/mysql-storage.ts';
import { freshDatabase } from '../../support/servers.ts';

const MIGRATIONS = join(import.meta.dirname, '../../../src/infrastructure/mysql-consumer/migrations');
const Row = t.strict({ id: t.string, cause: t.union([t.string, t.null]) });

describe('orders parked by the release before causes were kept', () => {
  it('given an upgrade / then those that wait for it can be told from the others', async () => {
    const database = await freshDatabase('causes');
    const pool = testPool(database.url);
    const before = await mkdtemp(join(tmpdir(), 'orderly-migrations-'));
    try {
      for (const file of ['0001-consumer-kit.sql', '0002-inbox-retention.sql'])
        await cp(join(MIGRATIONS, file), join(before, file));
      const upTo = async (directory: string): Promise<void> => {
        rightOf(await migrate({ url: database.url, directory, log: 'consumer_kit_migrations' })());
      };
      await upTo(before);
      const parked: readonly (readonly [id: string, reason: string | null])[] = [
        ['a', 'version 2 of OrderPaid is not known, only 1 to 1'],
        ['b', 'the event type OrderRated is not known'],
        ['c', 'the handler failed 5 times: Error: version 2 of it is not known'],
        ['d', null],
      ];
      await pool.use(async (connection) => {
        for (const [id, reason] of parked)
          await connection.write(
            'INSERT INTO inbox_orders (consumer, order_id, parked_at, parked_reason) VALUES (?, ?, IF(? IS NULL, NULL, NOW(6)), ?)',
            ['test', id, reason, reason],
          );
      });
      await upTo(MIGRATIONS);
      const sql = 'SELECT order_id AS id, parked_cause AS cause FROM inbox_orders ORDER BY order_id';
      expect(decodeRows(Row, await pool.use((connection) => connection.rows(sql)))).to.deep.equal([
        { id: 'a', cause: 'unknown-version' },
        { id: 'b', cause: 'unknown-type' },
        { id: 'c', cause: null },
        { id: 'd', cause: null },
      ]);
    } finally {
      await rm(before, { recursive: true });
      await pool.end();
      await database.drop();
    }
  });
});
