import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { HandleOrderCommand } from '../../../src/application/orders/handle-order-command.ts';
import type { OrderCommand } from '../../../src/domain/order/commands.ts';
import { OrderId } from '../../../src/domain/order/values.ts';
import { uuidV7Ids } from '../../../src/infrastructure/ids.ts';
import { migrate } from '../../../src/infrastructure/mysql/migrate.ts';
import { MySqlIdempotencyKeys } from '../../../src/infrastructure/mysql/mysql-idempotency-keys.ts';
import { MySqlOrderStore } from '../../../src/infrastructure/mysql/mysql-order-store.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { createDatabases, withDatabase } from '../../../tools/environment/databases.ts';
import { Run } from '../../../tools/environment/run.ts';
import type { ServerLayout } from '../../../tools/environment/server-layout.ts';
import { startServers } from '../../../tools/environment/servers.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { decoded } from '../../support/decoded.ts';
import { useDirectory, useOwnServers } from '../../support/environment/own-servers.ts';
import { MIGRATIONS, testPool } from '../../support/mysql-storage.ts';
import { commands } from '../../support/order-samples.ts';

/* As docs/deployment.md says: a copy by MySQL's own CLONE while others write, and a server that starts from it. */

const CLONE = 'plugin_load_add=mysql_clone.so';
const WRITERS = 4;
const LIFE = [commands.PlaceOrder, commands.PayOrder, commands.ShipOrder, commands.DeliverOrder];

/** Orders whose version is not the number of their events, or whose events have a gap; and how many there are. */
const STATE = `
SELECT COUNT(*) AS orders, COALESCE(SUM(o.version <> COALESCE(e.events, 0) OR o.version <> COALESCE(e.last, 0)), 0) AS broken
FROM orders o
LEFT JOIN (SELECT order_id, COUNT(*) AS events, MAX(sequence) AS last FROM outbox GROUP BY order_id) e ON e.order_id = o.order_id`;
const ORPHANS =
  'SELECT COUNT(*) AS orphans FROM outbox e LEFT JOIN orders o ON o.order_id = e.order_id WHERE o.order_id IS NULL';

const State = t.tuple([t.type({ orders: t.number, broken: t.union([t.number, t.string]) })]);
const Orphans = t.tuple([t.type({ orphans: t.number })]);
const Orders = t.array(t.type({ order_id: OrderId }));

/** Writes orders and their events as the API does. */
const shopOn = (pool: MySqlPool): HandleOrderCommand =>
  new HandleOrderCommand({
    unitOfWork: new MySqlUnitOfWork(pool),
    orders: new MySqlOrderStore(),
    outbox: new MySqlOutbox({ laneOf: () => 0, maxEventBytes: 65_536 }),
    idempotencyKeys: new MySqlIdempotencyKeys(),
    ids: uuidV7Ids,
    wakeUp: { ring: () => undefined },
  });

const doOne = async (shop: HandleOrderCommand, command: OrderCommand): Promise<void> => {
  const key = randomUUID();
  await right(
    shop.handle({
      command,
      expectedVersion: undefined,
      idempotency: { method: 'POST', path: `/${command.orderId}`, key, fingerprint: '0'.repeat(64) },
      headers: {},
      present: () => '{}',
    }),
  );
};

describe('a backup of the database', function () {
  this.timeout(120_000);
  useOwnServers();
  const folder = useDirectory();
  let run: Run;
  before(async () => {
    run = await Run.open(folder.path());
  });
  after(() => run.close());

  const serverWith = async (layout: ServerLayout): Promise<MySqlPool> => {
    const { mysqlUrl } = await startServers({ run, needed: ['mysql'], layout, progress: () => undefined });
    await createDatabases(mysqlUrl, ['orders']);
    return testPool(withDatabase(mysqlUrl, 'orders'));
  };

  it('given a copy that was made while orders were written / when a server starts from it / then every order has its events, and goes on', async () => {
    const { mysqlUrl } = await startServers({
      run,
      needed: ['mysql'],
      layout: { mysqlSettings: [CLONE] },
      progress: () => undefined,
    });
    await createDatabases(mysqlUrl, ['orders']);
    const url = withDatabase(mysqlUrl, 'orders');
    await right(migrate({ url, directory: MIGRATIONS }));
    const pool = testPool(url);
    const shop = shopOn(pool);
    const ended: OrderId[] = [];
    let commits = 0;
    let isCopied = false;
    const writer = async (): Promise<void> => {
      while (!isCopied) {
        const orderId = decoded(OrderId, randomUUID());
        for (const command of LIFE) {
          await doOne(shop, { ...command, orderId });
          commits += 1;
        }
        ended.push(orderId);
      }
    };
    const writing = Promise.all(Array.from({ length: WRITERS }, writer));
    const until = async (count: number): Promise<void> => {
      while (ended.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    await until(20);
    const acknowledged = [...ended];
    /** A copy is made in moments; one during which nobody wrote would show nothing. */
    const copyWhileWritten = async (tries = 10): Promise<string> => {
      const copy = join(folder.path(), `copy-${tries}`);
      const before = commits;
      await pool.use((connection) => connection.write(`CLONE LOCAL DATA DIRECTORY = '${copy}'`));
      if (commits > before) return copy;
      if (tries === 0) throw new Error('nothing was written while copies were made');
      return copyWhileWritten(tries - 1);
    };
    const copy = await copyWhileWritten();
    isCopied = true;
    await writing;
    await pool.end();

    const restored = await serverWith({ mysqlData: copy });
    const rows = (sql: string): Promise<readonly unknown[]> => restored.use((connection) => connection.rows(sql));
    const [{ orders, broken }] = decoded(State, await rows(STATE));
    expect(Number(broken)).to.equal(0);
    expect(orders).to.be.at.least(acknowledged.length);
    expect(decoded(Orphans, await rows(ORPHANS))).to.deep.equal([{ orphans: 0 }]);
    const there = decoded(Orders, await rows('SELECT order_id FROM orders')).map(({ order_id }) => order_id);
    expect(there).to.include.members(acknowledged);
    await doOne(shopOn(restored), { ...commands.PlaceOrder, orderId: decoded(OrderId, randomUUID()) });
    const open = decoded(Orders, await rows("SELECT order_id FROM orders WHERE status = 'placed' LIMIT 1"));
    for (const { order_id: orderId } of open) await doOne(shopOn(restored), { ...commands.PayOrder, orderId });
    expect(decoded(State, await rows(STATE))).to.deep.equal([{ orders: orders + 1, broken: '0' }]);
    await restored.end();
  });
});
