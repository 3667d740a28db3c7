import { MySqlCallbackOutbox } from '../../src/infrastructure/mysql-consumer/mysql-callback-outbox.ts';
import { MySqlConsumerProgress } from '../../src/infrastructure/mysql-consumer/mysql-consumer-progress.ts';
import { MySqlInboxRetention } from '../../src/infrastructure/mysql-consumer/mysql-inbox-retention.ts';
import { MySqlInbox } from '../../src/infrastructure/mysql-consumer/mysql-inbox.ts';
import { prepareDatabase } from '../../src/infrastructure/mysql-consumer/prepare-database.ts';
import { systemClock } from '../../src/infrastructure/clock.ts';
import type { MySqlPool } from '../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { testPool } from '../support/mysql-storage.ts';
import { freshDatabase } from '../support/servers.ts';
import type { TestDatabase } from '../support/servers.ts';
import { consumerStorageSuite } from './consumer-storage.suite.ts';
import { right } from './storage-under-test.ts';

const TABLES = ['inbox', 'inbox_orders', 'inbox_waiting', 'inbox_parked_records', 'callbacks'];

describe('MySQL storage of a consumer', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  before(async () => {
    database = await freshDatabase('consumer');
    const { signal } = new AbortController();
    const waiting = (): void => undefined;
    await prepareDatabase({ server: { url: database.url }, own: undefined, clock: systemClock, signal, waiting });
    pool = testPool(database.url);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  consumerStorageSuite(async () => {
    await pool.use(async (connection) => {
      for (const table of TABLES) await connection.write(`DELETE FROM ${table}`);
    });
    const unitOfWork = new MySqlUnitOfWork(pool, { reruns: 20 });
    const progress = new MySqlConsumerProgress(pool, 'payment');
    return {
      unitOfWork,
      inbox: new MySqlInbox(pool, 'payment'),
      retention: new MySqlInboxRetention(pool, 'payment'),
      callbacks: new MySqlCallbackOutbox(pool, unitOfWork, 'payment'),
      order: async (orderId) => {
        const { parked, baseline } = await right(progress.ofOrder(orderId));
        return { parked: parked?.reason ?? null, baseline: baseline?.sequence ?? null };
      },
      passTime: (ms) =>
        pool.use(async (connection) => {
          const sql = 'UPDATE callbacks SET next_attempt_at = next_attempt_at - INTERVAL ? MICROSECOND';
          await connection.write(sql, [ms * 1_000]);
          await connection.write('UPDATE inbox SET applied_at = applied_at - INTERVAL ? MICROSECOND', [ms * 1_000]);
        }),
    };
  });
});
