import { expect } from 'chai';
import * as t from 'io-ts';
import { systemClock } from '../../../src/infrastructure/clock.ts';
import { MySqlCallbackOutbox } from '../../../src/infrastructure/mysql-consumer/mysql-callback-outbox.ts';
import { prepareDatabase } from '../../../src/infrastructure/mysql-consumer/prepare-database.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { testPool } from '../../support/mysql-storage.ts';
import { freshDatabase } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';

const MANY = 20_000;
const AT_ONCE = 64;
/** A claim reads each row it takes by its index entry, looks for an earlier one of the order, and updates it by its key. */
const READS_EACH = 6;

const Reads = t.strict({ name: t.string, value: t.string });

/** Of as many orders, one callback each: `name` tells apart several callbacks of one order. */
const INSERT = `
  INSERT INTO callbacks (consumer, event_id, order_id, sequence, name, method, path, body, status, next_attempt_at)
  WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
  SELECT 'test', UUID(), CONCAT(?, LPAD(n, 34, '0')), 1, ?, 'POST', '/', '{}', ?, NOW(6) - INTERVAL 60 SECOND + INTERVAL n MICROSECOND
    FROM numbers`;

describe('what it costs to claim callbacks', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let pool: MySqlPool;
  let callbacks: MySqlCallbackOutbox;
  beforeEach(async () => {
    database = await freshDatabase('claim');
    const { signal } = new AbortController();
    await prepareDatabase({
      server: { url: database.url },
      own: undefined,
      clock: systemClock,
      signal,
      waiting: () => undefined,
    });
    // One session, so that its counters count every statement.
    pool = testPool(database.url, { connections: 1, queryTimeoutMs: 30_000 });
    callbacks = new MySqlCallbackOutbox(pool, new MySqlUnitOfWork(pool), 'test');
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const store = (orders: string, name: string, status: 'pending' | 'delivered'): Promise<unknown> =>
    pool.use(async (connection) => {
      await connection.write('SET SESSION cte_max_recursion_depth = 1000000');
      await connection.write(INSERT, [MANY, orders, name, status]);
    });

  /** Rows and index entries that the server has read for this session. */
  const readSoFar = (): Promise<number> =>
    pool.use(async (connection) => {
      const rows = await connection.rows(
        `SELECT variable_name AS name, variable_value AS value FROM performance_schema.session_status
          WHERE variable_name LIKE 'Handler_read%' AND variable_name NOT LIKE 'Handler_read_rnd%'`,
      );
      return decodeRows(Reads, rows).reduce((sum, { value }) => sum + Number(value), 0);
    });

  /** Counting itself reads no row of a table that InnoDB keeps, but a little all the same. */
  const readsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const idle = -(await readSoFar()) + (await readSoFar());
    const before = await readSoFar();
    await work();
    return (await readSoFar()) - before - idle;
  };

  const claimed = async (): Promise<number> => (await right(callbacks.claim(AT_ONCE, 60_000))).length;

  it(`given ${MANY} done and ${MANY} waiting / then a claim reads little more than what it takes`, async () => {
    await store('a-', 'first', 'delivered');
    await store('b-', 'first', 'pending');
    for (let claim = 0; claim < 5; claim += 1) {
      const reads = await readsOf(async () => expect(await claimed()).to.equal(AT_ONCE));
      expect(reads).to.be.within(AT_ONCE, AT_ONCE * READS_EACH);
    }
  });

  it(`given ${MANY} done and nothing due / then a claim reads next to nothing`, async () => {
    await store('a-', 'first', 'delivered');
    expect(await readsOf(async () => expect(await claimed()).to.equal(0))).to.be.at.most(10);
  });

  it('given orders whose first callback waits for its retry / then their later ones cost a claim nothing', async () => {
    await store('b-', 'first', 'pending');
    await store('b-', 'second', 'pending');
    const retried = 2 * AT_ONCE;
    for (const { id } of await right(callbacks.claim(retried, 60_000)))
      await right(callbacks.retry(id, 60_000, 'HTTP 503'));
    // Those of all other orders are out of the way, so what is left due stands behind the ones to retry.
    await pool.use((connection) =>
      connection.write(`UPDATE callbacks SET status = 'delivered' WHERE order_id > CONCAT('b-', LPAD(?, 34, '0'))`, [
        retried,
      ]),
    );
    expect(await readsOf(async () => expect(await claimed()).to.equal(0))).to.be.at.most(10);
  });
});
