import type * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { expect } from 'chai';
import type { Transaction } from '../../../src/application/ports/transaction.ts';
import type { SqlValue } from '../../../src/infrastructure/mysql/mysql-connection.ts';
import type { MySqlObserver, RerunCause } from '../../../src/infrastructure/mysql/mysql-observer.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork, connectionOf } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { storageAttempt } from '../../../src/infrastructure/mysql/storage-attempt.ts';
import type { StorageUnavailable } from '../../../src/application/ports/storage-error.ts';
import { freshDatabase } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';
import { testPool } from '../../support/mysql-storage.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import { left, right } from '../../port-suites/storage-under-test.ts';

const options = { action: 'test unit', rerunAfterUnknownCommit: false };

const write = (
  tx: Transaction,
  sql: string,
  values: readonly SqlValue[] = [],
): TE.TaskEither<StorageUnavailable, void> =>
  storageAttempt('write', async () => {
    await connectionOf(tx).write(sql, values);
  });

/** The statement COMMIT on the wire: the byte before it keeps READ-COMMITTED from being taken for it. */
const COMMIT = '\u0001COMMIT';

/** A promise and the function that resolves it. */
const signal = (): { readonly given: Promise<void>; readonly give: () => void } => {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
};

describe('MySqlUnitOfWork on a real server', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  let unitOfWork: MySqlUnitOfWork;
  let reruns: RerunCause[] = [];
  const observer: MySqlObserver = {
    acquired: () => undefined,
    notAcquired: () => undefined,
    reran: (cause) => reruns.push(cause),
  };
  before(async () => {
    database = await freshDatabase();
    pool = testPool(database.url, { observer });
    unitOfWork = new MySqlUnitOfWork(pool);
    await pool.use((connection) => connection.write('CREATE TABLE accounts (id INT PRIMARY KEY, amount INT NOT NULL)'));
  });
  beforeEach(async () => {
    reruns = [];
    await pool.use(async (connection) => {
      await connection.write('DELETE FROM accounts');
      await connection.write('INSERT INTO accounts VALUES (1, 0), (2, 0)');
    });
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  const amounts = (): Promise<readonly unknown[]> =>
    pool.use((connection) => connection.rows('SELECT id, amount FROM accounts ORDER BY id'));
  const add = (tx: Transaction, id: number): TE.TaskEither<StorageUnavailable, void> =>
    write(tx, 'UPDATE accounts SET amount = amount + 1 WHERE id = ?', [id]);

  it('given two units that lock the same rows in opposite order / then the deadlocked one is rerun whole, and both commit', async () => {
    let runs = 0;
    const arrivals = [signal(), signal()] as const;
    const unit = (first: number, second: number, me: 0 | 1): Promise<E.Either<unknown, void>> =>
      unitOfWork.run(options, (tx) => {
        runs += 1;
        return pipe(
          add(tx, first),
          TE.tapTask(() => async () => {
            arrivals[me].give();
            await arrivals[me === 0 ? 1 : 0].given;
          }),
          TE.flatMap(() => add(tx, second)),
        );
      })();
    const outcomes = await Promise.all([unit(1, 2, 0), unit(2, 1, 1)]);
    expect(outcomes.map(({ _tag }) => _tag)).to.deep.equal(['Right', 'Right']);
    expect(runs).to.be.greaterThan(2);
    expect(reruns).to.deep.equal(Array.from({ length: runs - 2 }, () => 'deadlock'));
    expect(await amounts()).to.deep.equal([
      { id: 1, amount: 2 },
      { id: 2, amount: 2 },
    ]);
  });

  it('given a row locked by someone else for longer than one lock wait / then the unit is rerun, and commits once', async () => {
    const other = await pool.acquire();
    await other.write('START TRANSACTION');
    await other.write('SELECT amount FROM accounts WHERE id = 2 FOR UPDATE').catch(() => undefined);
    await other.write('UPDATE accounts SET amount = 10 WHERE id = 2');
    let runs = 0;
    await right(
      unitOfWork.run(options, (tx) => {
        runs += 1;
        const unlocked = runs === 2 ? TE.fromTask(() => other.write('COMMIT')) : TE.right(undefined);
        return TE.Monad.chain(unlocked, () =>
          pipe(
            add(tx, 1),
            TE.flatMap(() => add(tx, 2)),
          ),
        );
      }),
    );
    other.release();
    expect(runs).to.equal(2);
    expect(reruns).to.deep.equal(['lock_wait']);
    expect(await amounts()).to.deep.equal([
      { id: 1, amount: 1 },
      { id: 2, amount: 11 },
    ]);
  });

  it('given a lock that is never given back / then ContentionExhausted after the bounded reruns, nothing committed', async () => {
    const other = await pool.acquire();
    await other.write('START TRANSACTION');
    await other.write('UPDATE accounts SET amount = 10 WHERE id = 2');
    const error = await left(
      new MySqlUnitOfWork(pool, { reruns: 1 }).run(options, (tx) =>
        pipe(
          add(tx, 1),
          TE.flatMap(() => add(tx, 2)),
        ),
      ),
    );
    await other.write('ROLLBACK');
    other.release();
    expect(error).to.include({ _tag: 'ContentionExhausted', action: 'test unit', reruns: 1 });
    expect(await amounts()).to.deep.equal([
      { id: 1, amount: 0 },
      { id: 2, amount: 0 },
    ]);
  });

  it('given an adapter that hides a deadlock / then the unit is rerun all the same', async () => {
    let runs = 0;
    await right(
      unitOfWork.run(options, (tx) =>
        TE.tryCatch(async () => {
          runs += 1;
          if (runs === 1)
            await connectionOf(tx)
              .write("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'deadlock'")
              .catch(() => undefined);
        }, String),
      ),
    );
    expect(runs).to.equal(2);
  });

  it('given a session killed in the middle of a unit / then the unit is rerun on another one, and commits once', async () => {
    let runs = 0;
    await right(
      unitOfWork.run(options, (tx) =>
        storageAttempt('be killed', async () => {
          runs += 1;
          const connection = connectionOf(tx);
          await connection.write('UPDATE accounts SET amount = amount + 1 WHERE id = 1');
          if (runs === 1) {
            const [row] = await connection.rows('SELECT CONNECTION_ID() AS id');
            await pool.use((killer) => killer.write('KILL ?', [(row as { id: number }).id]));
          }
          await connection.write('UPDATE accounts SET amount = amount + 1 WHERE id = 2');
        }),
      ),
    );
    expect(runs).to.equal(2);
    expect(reruns).to.deep.equal(['connection_lost']);
    expect(await amounts()).to.deep.equal([
      { id: 1, amount: 1 },
      { id: 2, amount: 1 },
    ]);
  });

  it('given a server that cannot be reached / then StorageUnavailable with its cause', async () => {
    const unreachable = testPool('mysql://app:app@127.0.0.1:1/none', { acquireTimeoutMs: 1_000 });
    const error = await left(new MySqlUnitOfWork(unreachable).run(options, (tx) => add(tx, 1)));
    expect(error).to.include({ _tag: 'StorageUnavailable', action: 'test unit' });
    expect(error).to.have.nested.property('cause.code', 'ECONNREFUSED');
    await unreachable.end();
  });

  it('given pooled connections that a failed unit used / then nothing of it is left in the next unit', async () => {
    const single = testPool(database.url, { connections: 1 });
    const units = new MySqlUnitOfWork(single);
    await left(
      units.run(options, (tx) =>
        pipe(
          add(tx, 1),
          TE.flatMap(() => TE.left('refused')),
        ),
      ),
    );
    await right(units.run(options, (tx) => add(tx, 2)));
    expect(await amounts()).to.deep.equal([
      { id: 1, amount: 0 },
      { id: 2, amount: 1 },
    ]);
    await single.end();
  });

  describe('when answers are lost', () => {
    let proxy: TcpProxy;
    let proxied: MySqlPool;
    beforeEach(async () => {
      const { hostname, port } = new URL(database.url);
      proxy = await startTcpProxy({ host: hostname, port: Number(port) });
      const url = new URL(database.url);
      url.port = String(proxy.port);
      proxied = testPool(url.toString(), { connections: 2, queryTimeoutMs: 1_500, acquireTimeoutMs: 1_000, observer });
    });
    afterEach(async () => {
      await proxy.close();
      await proxied.end();
    });

    it('given a COMMIT whose answer never comes / then CommitOutcomeUnknown, and here it was committed', async () => {
      proxy.dropAnswersTo(COMMIT);
      const error = await left(new MySqlUnitOfWork(proxied).run(options, (tx) => add(tx, 1)));
      expect(error).to.include({ _tag: 'CommitOutcomeUnknown', action: 'test unit' });
      expect(await amounts()).to.deep.equal([
        { id: 1, amount: 1 },
        { id: 2, amount: 0 },
      ]);
    });

    it('given a connection closed during COMMIT / then CommitOutcomeUnknown', async () => {
      proxy.closeAfter(COMMIT);
      const error = await left(new MySqlUnitOfWork(proxied).run(options, (tx) => add(tx, 1)));
      expect(error).to.include({ _tag: 'CommitOutcomeUnknown' });
    });

    it('given a unit that may be rerun after an unknown COMMIT / then it is rerun and sees its own success', async () => {
      proxy.closeAfter(COMMIT);
      let runs = 0;
      const answer = await right(
        new MySqlUnitOfWork(proxied).run({ ...options, rerunAfterUnknownCommit: true }, (tx) =>
          storageAttempt('insert once', async () => {
            runs += 1;
            if (runs === 2) proxy.heal();
            try {
              await connectionOf(tx).write('INSERT INTO accounts VALUES (3, 0)');
              return 'inserted';
            } catch {
              return 'was there';
            }
          }),
        ),
      );
      expect([runs, answer]).to.deep.equal([2, 'was there']);
      expect(reruns).to.deep.equal(['unknown_commit']);
    });

    it('given an unknown COMMIT and reruns that cannot be begun / then it stays unknown: never "nothing was committed"', async () => {
      proxy.dropAnswersTo(COMMIT);
      let runs = 0;
      const error = await left(
        new MySqlUnitOfWork(proxied).run({ ...options, rerunAfterUnknownCommit: true }, (tx) => {
          runs += 1;
          if (runs === 2) proxy.freeze();
          return add(tx, 1);
        }),
      );
      expect(runs).to.be.greaterThan(1);
      expect(error).to.include({ _tag: 'CommitOutcomeUnknown' });
    });

    it('given an unknown COMMIT and a server that is then gone / then it stays unknown too', async () => {
      proxy.closeAfter(COMMIT);
      const error = await left(
        new MySqlUnitOfWork(proxied).run({ ...options, rerunAfterUnknownCommit: true }, (tx) => {
          proxy.refuseNew();
          return add(tx, 1);
        }),
      );
      expect(error).to.include({ _tag: 'CommitOutcomeUnknown' });
    });

    it('given a connection that freezes in the middle of a unit / then StorageUnavailable, and the connection is not used again', async () => {
      let frozen: unknown;
      const error = await left(
        new MySqlUnitOfWork(proxied).run(options, (tx) =>
          storageAttempt('freeze', async () => {
            [frozen] = await connectionOf(tx).rows('SELECT CONNECTION_ID() AS id');
            proxy.freeze();
            await connectionOf(tx).write('UPDATE accounts SET amount = 5 WHERE id = 1');
          }),
        ),
      );
      expect(error).to.include({ _tag: 'StorageUnavailable', action: 'freeze' });
      proxy.heal();
      const ids = await Promise.all(
        [1, 2].map(() => proxied.use((connection) => connection.rows('SELECT CONNECTION_ID() AS id'))),
      );
      expect(ids.flat()).not.to.deep.include(frozen);
      expect(await amounts()).to.deep.equal([
        { id: 1, amount: 0 },
        { id: 2, amount: 0 },
      ]);
    });
  });
});
