import { expect } from 'chai';
import { FaultProxy } from '../../../simulator/faults/proxy/fault-proxy.ts';
import { AcquireTimeout, QueryTimeout, isConnectionLost } from '../../../src/infrastructure/mysql/mysql-errors.ts';
import { createMySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { connectionOptions } from '../../../src/infrastructure/mysql/mysql-url.ts';
import { freshDatabase } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('MySqlPool on a real server', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  before(async () => {
    database = await freshDatabase();
  });
  beforeEach(() => {
    pool = createMySqlPool({ url: database.url, connections: 1, acquireTimeoutMs: 500, queryTimeoutMs: 1_000 });
  });
  afterEach(() => pool.end());
  after(() => database.drop());

  describe('that wants small row images in the binary log', () => {
    const imageFor = async (url: string): Promise<readonly unknown[]> => {
      const small = createMySqlPool({
        url,
        connections: 1,
        acquireTimeoutMs: 500,
        queryTimeoutMs: 1_000,
        smallRowImages: true,
      });
      try {
        return await small.use((connection) => connection.rows('SELECT @@binlog_row_image AS image'));
      } finally {
        await small.end();
      }
    };

    it('given a user who may set that / then its sessions have them', async () => {
      expect(await imageFor(database.url)).to.deep.equal([{ image: 'MINIMAL' }]);
    });

    it('given a user who may not / then its sessions work as the server is set', async () => {
      const name = new URL(database.url).pathname.slice(1);
      const user = `plain_${process.pid}`;
      await pool.use((connection) => connection.write(`CREATE USER ${user} IDENTIFIED BY 'plain'`));
      await pool.use((connection) => connection.write(`GRANT SELECT ON ${name}.* TO ${user}`));
      try {
        const url = new URL(database.url);
        url.username = user;
        url.password = 'plain';
        expect(await imageFor(url.href)).to.deep.equal([{ image: 'FULL' }]);
      } finally {
        await pool.use((connection) => connection.write(`DROP USER ${user}`));
      }
    });
  });

  it('given a new connection / then its session is set up before its first use', async () => {
    const rows = await pool.use((connection) =>
      connection.rows(
        `SELECT @@time_zone AS tz, @@transaction_isolation AS isolation, @@innodb_lock_wait_timeout AS lockWait,
           @@sql_mode LIKE '%STRICT_TRANS_TABLES%' AS strict_mode, @@character_set_client AS charset,
           TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW()) AS drift`,
      ),
    );
    expect(rows).to.deep.equal([
      { tz: '+00:00', isolation: 'READ-COMMITTED', lockWait: 1, strict_mode: 1, charset: 'utf8mb4', drift: 0 },
    ]);
  });

  it('given no free connection / then AcquireTimeout in time, and the one that comes later is not leaked', async () => {
    const busy = await pool.acquire();
    const startedAt = performance.now();
    const { host } = new URL(database.url);
    expect(await rejection(pool.acquire()))
      .to.be.an.instanceOf(AcquireTimeout)
      .with.property('message')
      .that.includes(`MySQL at ${host} `);
    expect(performance.now() - startedAt).to.be.lessThan(1_000);
    busy.release();
    expect(await pool.use((connection) => connection.rows('SELECT 1 AS one'))).to.deep.equal([{ one: 1 }]);
    expect(await pool.use((connection) => connection.rows('SELECT 2 AS two'))).to.deep.equal([{ two: 2 }]);
  });

  it('tells how many connections are in use, free and waited for, and how long each of those waited', async () => {
    const told: string[] = [];
    const watched = createMySqlPool({
      ...{ url: database.url, connections: 2, acquireTimeoutMs: 300, queryTimeoutMs: 500 },
      observer: {
        acquired: (ms) => told.push(ms >= 0 && ms < 300 ? 'acquired' : `acquired after ${ms} ms`),
        notAcquired: (outcome) => told.push(outcome),
        reran: () => undefined,
      },
    });
    const usage = (): readonly number[] => {
      const { limit, inUse, free, waiting } = watched.usage();
      return [limit, inUse, free, waiting];
    };
    try {
      expect(usage()).to.deep.equal([2, 0, 0, 0]);
      const [first, second] = await Promise.all([watched.acquire(), watched.acquire()]);
      expect(usage()).to.deep.equal([2, 2, 0, 0]);
      const late = rejection(watched.acquire());
      expect(usage()).to.deep.equal([2, 2, 0, 1]);
      expect(await late).to.be.an.instanceOf(AcquireTimeout);
      expect(told).to.deep.equal(['acquired', 'acquired', 'timeout']);
      const next = watched.acquire();
      second.release();
      (await next).release();
      expect(usage()).to.deep.equal([2, 1, 1, 0]);
      expect(await rejection(first.rows('SELECT SLEEP(2)'))).to.be.an.instanceOf(QueryTimeout);
      first.release();
      expect(usage()).to.deep.equal([2, 0, 1, 0]);
    } finally {
      await watched.end();
    }
    expect(await rejection(watched.acquire())).to.be.an.instanceOf(Error);
    expect(told.slice(3)).to.deep.equal(['acquired', 'refused']);
  });

  it('given a server so slow that opening takes longer than anyone waits / then the connection is kept for the next one', async () => {
    const { host } = new URL(database.url);
    const slow = await FaultProxy.open(host);
    slow.shape({ latencyMs: 120 });
    const url = database.url.replace(host, slow.address);
    const impatient = createMySqlPool({ url, connections: 1, acquireTimeoutMs: 300, queryTimeoutMs: 5_000 });
    try {
      expect(await rejection(impatient.acquire())).to.be.an.instanceOf(AcquireTimeout);
      const tries = Array.from({ length: 10 }, () => () => impatient.acquire().catch(() => undefined));
      let connection: Awaited<ReturnType<typeof impatient.acquire>> | undefined;
      for (const next of tries) connection ??= await next();
      expect(connection, 'no connection was ever opened').not.to.equal(undefined);
      connection?.release();
    } finally {
      await impatient.end();
      await slow.close();
    }
  });

  it('given a statement that is not answered in time / then QueryTimeout, and its connection is replaced', async () => {
    const before = await pool.use((connection) => Promise.resolve(connection.threadId));
    const error = await rejection(pool.use((connection) => connection.rows('SELECT SLEEP(3)')));
    expect(error).to.be.an.instanceOf(QueryTimeout);
    const after = await pool.use((connection) => Promise.resolve(connection.threadId));
    expect(after).not.to.equal(before);
  });

  it('given a session that is silent for too long in a transaction / then the server ends it, and its locks with it', async () => {
    const options = { url: database.url, acquireTimeoutMs: 500, queryTimeoutMs: 5_000 };
    const silent = createMySqlPool({ ...options, connections: 2, silenceMs: 1_000 });
    const patient = createMySqlPool({ ...options, connections: 1, lockWaitSeconds: 4 });
    try {
      await patient.use((connection) => connection.write('CREATE TABLE locked (id INT PRIMARY KEY)'));
      await patient.use((connection) => connection.write('INSERT INTO locked VALUES (1)'));
      const frozen = await silent.acquire();
      await frozen.write('BEGIN');
      await frozen.rows('SELECT id FROM locked FOR SHARE');
      const startedAt = performance.now();
      await patient.use((connection) => connection.write('UPDATE locked SET id = 2'));
      expect(performance.now() - startedAt).to.be.greaterThan(500);
      expect(isConnectionLost(await rejection(frozen.write('COMMIT')))).to.equal(true);
      frozen.release();
      expect(await silent.use((connection) => connection.rows('SELECT id FROM locked'))).to.deep.equal([{ id: 2 }]);
    } finally {
      await Promise.all([silent.end(), patient.end()]);
    }
  });

  it('given a pool whose sessions may not be silent for long / when it is idle for longer / then its next use works', async () => {
    const silent = createMySqlPool({
      url: database.url,
      connections: 2,
      acquireTimeoutMs: 500,
      queryTimeoutMs: 1_000,
      silenceMs: 2_000,
    });
    try {
      const before = await silent.use((connection) => Promise.resolve(connection.threadId));
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(await silent.use((connection) => Promise.resolve(connection.threadId))).not.to.equal(before);
      expect(await silent.use((connection) => connection.rows('SELECT 1 AS one'))).to.deep.equal([{ one: 1 }]);
    } finally {
      await silent.end();
    }
  });

  it('given an idle connection that the server closes / then the next user gets a new one', async () => {
    const id = await pool.use((connection) => Promise.resolve(connection.threadId));
    const killer = createMySqlPool({ url: database.url, connections: 1, acquireTimeoutMs: 500, queryTimeoutMs: 1_000 });
    await killer.use((connection) => connection.write('KILL ?', [id]));
    await killer.end();
    let rows: readonly unknown[] = [];
    for (let tries = 0; tries < 20 && rows.length === 0; tries += 1)
      rows = await pool.use((connection) => connection.rows('SELECT 1 AS one')).catch(() => []);
    expect(rows).to.deep.equal([{ one: 1 }]);
  });

  it('given anything but scalars and lists of them as values / then it is refused before it can become SQL', async () => {
    const values: unknown[] = [
      { toSqlString: () => '1 OR 1=1' },
      { a: 1 },
      [{ toSqlString: () => '1' }],
      undefined,
      new Date(),
    ];
    for (const value of values) {
      const error = await rejection(pool.use((connection) => connection.rows('SELECT ? AS text', [value as string])));
      expect(error).to.be.an.instanceOf(TypeError);
    }
  });

  it('given text with every special character / then it is a value and stays one', async () => {
    const text = `'; DROP TABLE x; -- \\ \0 \n \u001a " \u{1f69a} %_ ?`;
    expect(await pool.use((connection) => connection.rows('SELECT ? AS text', [text]))).to.deep.equal([{ text }]);
  });

  it('given values that the server quotes / then its errors do not', async () => {
    const errorOf = async (sql: string, values: readonly string[] = []): Promise<Error> => {
      const error = await rejection(pool.use((connection) => connection.write(sql, values)));
      if (error instanceof Error) return error;
      throw new Error(`it was taken: ${sql}`);
    };
    await pool.use((connection) =>
      connection.write('CREATE TEMPORARY TABLE quoted (name VARCHAR(9) PRIMARY KEY, at DATE)'),
    );
    await pool.use((connection) => connection.write("INSERT INTO quoted VALUES ('Ada', NULL)"));
    const errors = [
      await errorOf('INSERT INTO quoted VALUES (?, NULL)', ['Ada']),
      await errorOf('INSERT INTO quoted VALUES (?, ?)', ['b', "Ada's birthday"]),
      await errorOf("INSERT INTO quoted VALUES ('Ada' 'Ada''s', )"),
      await errorOf('INSERT INTO quoted VALUES (?, NULL)', ['Ada Lovelace']),
    ];
    expect(errors.map(({ message }) => message).join('\n')).to.match(
      /^Duplicate entry '…' for key 'quoted.PRIMARY'\nIncorrect date value: '…' for column 'at' at row 1\nYou have an error .* near '…'.*\nData too long for column 'name' at row 1$/,
    );
    for (const error of errors) expect(JSON.stringify([error.message, Object.entries(error)])).not.to.include('Ada');
  });

  it('given two statements in one text / then they are refused', async () => {
    expect(await rejection(pool.use((connection) => connection.rows('SELECT 1; SELECT 2')))).to.have.property(
      'code',
      'ER_PARSE_ERROR',
    );
  });

  it('given numbers beyond 2^53 and times with microseconds / then nothing of them is lost', async () => {
    const rows = await pool.use((connection) =>
      connection.rows(
        `SELECT CAST(9007199254740993 AS SIGNED) AS big, CAST(9007199254740991 AS SIGNED) AS safe,
           CAST('2026-01-31 09:30:00.123456' AS DATETIME(6)) AS time`,
      ),
    );
    expect(rows).to.deep.equal([
      { big: '9007199254740993', safe: 9_007_199_254_740_991, time: '2026-01-31 09:30:00.123456' },
    ]);
  });

  it('given a pool that has ended / then it gives out no connection, also when one was in use', async () => {
    await pool.acquire();
    await pool.end();
    expect(await rejection(pool.acquire())).to.be.an.instanceOf(Error);
  });
});

describe('a MySQL URL', () => {
  it('given escapes, a port and TLS / then they are understood, and certificates are verified with their names', () => {
    expect(connectionOptions('mysql://us%40er:p%2Fw@[::1]:3307/my%20db', { ca: 'pem' })).to.deep.include({
      host: '::1',
      port: 3_307,
      user: 'us@er',
      password: 'p/w',
      database: 'my db',
      ssl: { ca: 'pem', rejectUnauthorized: true, verifyIdentity: true },
    });
    expect(connectionOptions('mysql://u:p@db/orders')).to.include({ port: 3_306, multipleStatements: false });
  });

  it('given another protocol or an unknown parameter / then it is refused, naming it', () => {
    expect(() => connectionOptions('postgres://u:p@db/orders')).to.throw('postgres:');
    for (const parameter of ['multipleStatements', 'ssl'])
      expect(() => connectionOptions(`mysql://u:p@db/orders?${parameter}=true`)).to.throw(parameter);
  });
});
