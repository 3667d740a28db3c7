import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { grantsOf } from '../../../src/infrastructure/mysql/grants.ts';
import { serverErrorNumber } from '../../../src/infrastructure/mysql/mysql-errors.ts';
import { eventually } from '../../support/eventually.ts';
import { testPool } from '../../support/mysql-storage.ts';
import { KitUnderTest } from './kit-under-test.ts';
import { asMessages, lifeOf, newOrderId } from './order-lifecycle.ts';

const TABLE_ACCESS_DENIED = 1142;
const DATABASE_ACCESS_DENIED = 1044;

describe('a consumer with a MySQL user of its own, with the rights that `order grants consumer` prints', function () {
  this.timeout(60_000);
  const user = `consumer_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  let kit: KitUnderTest;
  const asRoot = (sql: string): Promise<unknown> => kit.pool.use((connection) => connection.write(sql));
  before(async () => {
    kit = await KitUnderTest.open();
    await asRoot(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
    for (const sql of grantsOf('consumer')(kit.database.name, { user, host: '%' })) await asRoot(sql);
  });
  after(async () => {
    await asRoot(`DROP USER '${user}'@'%'`);
    await kit.close();
  });

  it('migrates and consumes, and may neither drop a table nor look into another database', async () => {
    const url = new URL(kit.database.url);
    url.username = user;
    url.password = password;
    const orderId = newOrderId();
    await kit.produce(asMessages(lifeOf(orderId)));
    await kit.start({}, { mysql: { ...kit.settings().mysql, url: url.toString() } });
    await eventually(async () => expect(await kit.effects(orderId)).to.have.length(4));

    const own = testPool(url.toString());
    const refusal = (sql: string): Promise<unknown> =>
      own.use((connection) => connection.write(sql)).then(() => 'allowed', serverErrorNumber);
    try {
      expect(await refusal('DROP TABLE effects')).to.equal(TABLE_ACCESS_DENIED);
      expect(await refusal(`CREATE DATABASE ${user}`)).to.equal(DATABASE_ACCESS_DENIED);
      expect(await refusal('DELETE FROM mysql.user')).to.equal(TABLE_ACCESS_DENIED);
    } finally {
      await own.end();
    }
  });
});
