import { expect } from 'chai';
import { checkMySqlSettings, judgeMySqlSettings } from '../../../src/infrastructure/mysql/check-mysql-settings.ts';
import type { MySqlSettings } from '../../../src/infrastructure/mysql/check-mysql-settings.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { freshDatabase } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';
import { testPool } from '../../support/mysql-storage.ts';
import { right } from '../../port-suites/storage-under-test.ts';

const requirements = { maxEventBytes: 16_777_216 };

const good: MySqlSettings = {
  version: '9.7.4',
  isolation: 'READ-COMMITTED',
  sql_mode: 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
  time_zone: '+00:00',
  flush_log: 1,
  log_bin: 1,
  sync_binlog: 1,
  doublewrite: 'ON',
  max_allowed_packet: 67_108_864,
  read_only: 0,
  autocommit: 1,
  autoinc_lock_mode: 2,
};

describe('MySQL settings', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  before(async () => {
    database = await freshDatabase();
    pool = testPool(database.url);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  it('given the server of the tests, which is durable / then there is nothing to mend', async () => {
    expect(await right(checkMySqlSettings(pool, requirements))).to.deep.equal([]);
  });

  it('given events too large for a packet of the server / then it says which value would do', async () => {
    const [finding, ...others] = await right(checkMySqlSettings(pool, { maxEventBytes: 1_073_741_824 }));
    expect(others).to.deep.equal([]);
    expect(finding?.problem).to.include('max_allowed_packet');
    expect(finding?.mend).to.include('2148532224');
  });

  const broken: readonly (readonly [string, Partial<MySqlSettings>, string])[] = [
    ['MariaDB', { version: '11.4.2-MariaDB' }, 'MySQL 8.0.22 or later'],
    ['an old server', { version: '5.7.44' }, 'MySQL 8.0.22 or later'],
    ['a server just too old', { version: '8.0.21' }, 'MySQL 8.0.22 or later'],
    ['a read-only server', { read_only: 1 }, 'MYSQL_URL'],
    ['a log that is not flushed at COMMIT', { flush_log: 2 }, 'innodb_flush_log_at_trx_commit = 1'],
    ['a binary log that is not synced', { sync_binlog: 0 }, 'sync_binlog = 1'],
    ['no doublewrite', { doublewrite: 'OFF' }, 'innodb_doublewrite = ON'],
    ['small packets', { max_allowed_packet: 1_048_576 }, 'max_allowed_packet = 34603008'],
    ['another isolation', { isolation: 'REPEATABLE-READ' }, 'SET SESSION'],
    ['no strict mode', { sql_mode: '' }, 'SET SESSION'],
    ['another time zone', { time_zone: 'SYSTEM' }, 'SET SESSION'],
    ['no autocommit', { autocommit: 0 }, 'autocommit = ON'],
    ['locking auto-increment', { autoinc_lock_mode: 1 }, 'innodb_autoinc_lock_mode = 2'],
  ];
  for (const [what, change, mend] of broken)
    it(`given ${what} / then one finding, with how to mend it`, () => {
      const findings = judgeMySqlSettings({ ...good, ...change }, requirements);
      expect(findings).to.have.length(1);
      expect(findings[0]?.mend).to.include(mend);
    });

  it('given everything wrong at once / then every problem is named', () => {
    const worst = Object.assign({}, good, ...broken.map(([, change]) => change)) as MySqlSettings;
    expect(judgeMySqlSettings(worst, requirements)).to.have.length(11);
  });

  it('given no binary log, or versions from 8.0.22 / then that is fine', () => {
    for (const change of [{ log_bin: 0, sync_binlog: 0 }, { version: '8.0.22' }, { version: '8.4.0-commercial' }])
      expect(judgeMySqlSettings({ ...good, ...change }, requirements)).to.deep.equal([]);
  });
});
