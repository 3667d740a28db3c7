import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { migrate, migrationStatus } from '../../../src/infrastructure/mysql/migrate.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MIGRATIONS, testPool } from '../../support/mysql-storage.ts';
import { freshDatabase } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';
import { left, right } from '../../port-suites/storage-under-test.ts';

describe('migrations on a real server', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  let directory: string;
  beforeEach(async () => {
    database = await freshDatabase();
    pool = testPool(database.url, { connections: 2 });
    directory = await mkdtemp(join(tmpdir(), 'migrations-'));
    await file('0001-first.sql', '-- first;\nCREATE TABLE first (\n  id INT PRIMARY KEY\n  -- the key;\n);\n');
    await file('0002-second.sql', "CREATE TABLE second (note TEXT);\nINSERT INTO second VALUES ('a; b');\n");
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  const file = (name: string, sql: string): Promise<void> => writeFile(join(directory, name), sql);
  const run = (): ReturnType<typeof migrate> => migrate({ url: database.url, directory });
  const rows = (sql: string): Promise<readonly unknown[]> => pool.use((connection) => connection.rows(sql));

  it('given an empty database / then every file is applied in order, once', async () => {
    expect(await right(migrationStatus(pool, directory))).to.deep.equal({
      applied: [],
      pending: ['0001-first.sql', '0002-second.sql'],
    });
    expect(await right(run())).to.deep.equal(['0001-first.sql', '0002-second.sql']);
    expect(await right(run())).to.deep.equal([]);
    expect(await rows('SELECT note FROM second')).to.deep.equal([{ note: 'a; b' }]);
    expect(await right(migrationStatus(pool, directory))).to.deep.equal({
      applied: ['0001-first.sql', '0002-second.sql'],
      pending: [],
    });
  });

  it('given the migrations of the service / then they apply', async () => {
    expect(await right(migrate({ url: database.url, directory: MIGRATIONS }))).to.include('0002-outbox.sql');
  });

  it('given five processes at once / then each file is applied by exactly one of them', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => right(run())));
    expect(applied.flat()).to.have.members(['0001-first.sql', '0002-second.sql']);
    expect(await rows('SELECT COUNT(*) AS n FROM second')).to.deep.equal([{ n: 1 }]);
  });

  it('given an applied file that was edited / then it is refused by name and nothing is applied', async () => {
    await right(run());
    await file('0001-first.sql', 'CREATE TABLE first (id BIGINT PRIMARY KEY);\n');
    await file('0003-third.sql', 'CREATE TABLE third (id INT);\n');
    const edited = { _tag: 'MigrationEdited', file: '0001-first.sql' };
    expect(await left(run())).to.deep.equal(edited);
    expect(await left(migrationStatus(pool, directory))).to.deep.equal(edited);
    expect(await rows("SHOW TABLES LIKE 'third'")).to.deep.equal([]);
  });

  it('given a database that is newer than the directory / then it is refused, naming the unknown file', async () => {
    await right(run());
    await rm(join(directory, '0002-second.sql'));
    expect(await left(run())).to.deep.equal({ _tag: 'MigrationUnknown', file: '0002-second.sql' });
  });

  it('given a newer program that has only added to the schema / then this one goes on, and knows of nothing to do', async () => {
    await file('0003-third.expand.sql', 'CREATE TABLE third (id INT);\n');
    await right(run());
    await rm(join(directory, '0003-third.expand.sql'));
    expect(await right(run())).to.deep.equal([]);
    expect(await right(migrationStatus(pool, directory))).to.deep.equal({
      applied: ['0001-first.sql', '0002-second.sql'],
      pending: [],
    });
  });

  it('given an addition that is missing below a file that is here / then it is refused: that is another history', async () => {
    await file('0003-third.expand.sql', 'CREATE TABLE third (id INT);\n');
    await file('0004-fourth.sql', 'CREATE TABLE fourth (id INT);\n');
    await right(run());
    await rm(join(directory, '0003-third.expand.sql'));
    expect(await left(run())).to.deep.equal({ _tag: 'MigrationUnknown', file: '0003-third.expand.sql' });
  });

  it('given a new file that sorts before an applied one / then it is refused', async () => {
    await right(run());
    await file('0001-a.sql', 'CREATE TABLE a (id INT);\n');
    expect(await left(run())).to.deep.equal({
      _tag: 'MigrationOutOfOrder',
      file: '0001-a.sql',
      applied: '0002-second.sql',
    });
  });

  it('given a statement that fails / then it is named, and a rerun continues with it', async () => {
    await file(
      '0003-third.sql',
      'CREATE TABLE third (id INT);\nINSERT INTO missing VALUES (1);\nINSERT INTO third VALUES (1);\n',
    );
    const error = await left(run());
    expect(error).to.include({ _tag: 'MigrationFailed', file: '0003-third.sql', statement: 2 });
    expect((await right(migrationStatus(pool, directory))).pending).to.deep.equal(['0003-third.sql']);
    await pool.use((connection) => connection.write('CREATE TABLE missing (id INT)'));
    expect(await right(run())).to.deep.equal(['0003-third.sql']);
    expect(await rows('SELECT (SELECT COUNT(*) FROM missing) AS a, (SELECT COUNT(*) FROM third) AS b')).to.deep.equal([
      { a: 1, b: 1 },
    ]);
  });

  it('given a crash after a CREATE TABLE and before its entry in the log / then a rerun goes on behind it', async () => {
    await right(run());
    await pool.use((connection) =>
      connection.write(
        "UPDATE schema_migrations SET statements_done = 0, finished_at = NULL WHERE file = '0001-first.sql'",
      ),
    );
    expect(await right(run())).to.deep.equal(['0001-first.sql']);
  });

  it('given a table that is there before its file was ever begun / then that is an error, not a success', async () => {
    await pool.use((connection) => connection.write('CREATE TABLE first (other INT)'));
    expect(await left(run())).to.include({ _tag: 'MigrationFailed', file: '0001-first.sql', statement: 1 });
  });

  it('given another process that keeps the lock / then MigrationLocked', async () => {
    const other = await pool.acquire();
    await other.rows("SELECT GET_LOCK(CONCAT('migrate:', SHA2(DATABASE(), 224)), 0)");
    expect(await left(migrate({ url: database.url, directory, lockWaitSeconds: 1 }))).to.deep.equal({
      _tag: 'MigrationLocked',
      waitedSeconds: 1,
    });
    other.destroy();
  });

  it('given a stray file in the directory / then it is refused by name', async () => {
    await file('notes.txt', 'hello');
    const error = await left(run());
    expect(JSON.stringify(error, (_, value: unknown) => (value instanceof Error ? value.message : value))).to.include(
      'notes.txt',
    );
  });
});
