import { expect } from 'chai';
import { mysqlDoorbells } from '../../../src/infrastructure/mysql/mysql-doorbells.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayLeases } from '../../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import type { TestDatabase } from '../../support/servers.ts';

const TTL = 60_000;

describe('where relays listen, on a real MySQL', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  before(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
  });
  beforeEach(() => pool.use((connection) => connection.write('DELETE FROM relay_members')));
  after(async () => {
    await pool.end();
    await database.drop();
  });

  const announce = (owner: string, doorbell: string | undefined): Promise<void> =>
    right(new MySqlRelayLeases(pool, () => doorbell).announce(owner, TTL));
  const known = async (): Promise<readonly string[]> =>
    (await right(mysqlDoorbells(pool)())).map(({ owner, address }) => `${owner} ${address.host} ${address.port}`);

  it('is what each relay that is alive and listens has announced last', async () => {
    await announce('a', '127.0.0.1:4001');
    await announce('b', undefined);
    await announce('c', '[::1]:4003');
    expect(await known()).to.have.members(['a 127.0.0.1 4001', 'c ::1 4003']);
    await announce('a', undefined);
    await announce('b', '127.0.0.1:4002');
    expect(await known()).to.have.members(['b 127.0.0.1 4002', 'c ::1 4003']);
    await pool.use((connection) =>
      connection.write("UPDATE relay_members SET expires_at = NOW(6) - INTERVAL 1 SECOND WHERE owner = 'c'"),
    );
    expect(await known()).to.deep.equal(['b 127.0.0.1 4002']);
  });

  it('leaves out what is no address', async () => {
    await announce('a', 'nowhere');
    await announce('b', '127.0.0.1:4002');
    expect(await known()).to.deep.equal(['b 127.0.0.1 4002']);
  });

  it('is bounded, however many relays there are: the eldest', async () => {
    for (let i = 0; i < 70; i += 1) await announce(`relay-${i}`, `127.0.0.1:${5_000 + i}`);
    const found = await known();
    expect(found).to.have.lengthOf(64);
    expect(found[0]).to.equal('relay-0 127.0.0.1 5000');
  });
});
