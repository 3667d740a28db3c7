import { expect } from 'chai';
import type { Turn } from '../../../src/application/ports/janitor-turn.ts';
import { MySqlJanitorTurns } from '../../../src/infrastructure/mysql/mysql-janitor-turns.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { left, right } from '../../port-suites/storage-under-test.ts';
import { eventually } from '../../support/eventually.ts';
import { testPool } from '../../support/mysql-storage.ts';
import { freshDatabase } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';

describe('turns of janitors on a real MySQL', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  const more: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    database = await freshDatabase();
    pool = testPool(database.url);
  });
  afterEach(async () => {
    for (const close of more.splice(0)) await close();
    await pool.end();
    await database.drop();
  });

  const take = async (from: MySqlPool = pool, work = 'outbox'): Promise<Turn | undefined> =>
    right(new MySqlJanitorTurns(from, work).take());
  const taken = async (from?: MySqlPool): Promise<Turn> => {
    const turn = await take(from);
    if (turn === undefined) throw new Error('another one has the turn');
    return turn;
  };

  it('given 8 that ask at once / then one has it, and the next one once it is given back', async () => {
    const turns = (await Promise.all(Array.from({ length: 8 }, () => take()))).filter((turn) => turn !== undefined);
    expect(turns).to.have.lengthOf(1);
    const [turn] = turns;
    expect(await turn?.isHeld()).to.equal(true);
    await turn?.end();
    await (await taken()).end();
  });

  it('given janitors of other work, or of another database of the server / then each has its own turn', async () => {
    const other = await freshDatabase();
    const otherPool = testPool(other.url);
    more.push(
      () => otherPool.end(),
      () => other.drop(),
    );
    const turns = [await taken(), await take(pool, 'inbox of points'), await take(otherPool)];
    expect(turns.map((turn) => turn !== undefined)).to.deep.equal([true, true, true]);
    for (const turn of turns) await turn?.end();
  });

  it('given a turn whose session is killed / then it is over, it says so, and another one gets it', async () => {
    const doomed = testPool(database.url, { connections: 1 });
    more.push(() => doomed.end());
    const session = await doomed.use((connection) => Promise.resolve(connection.threadId));
    const turn = await taken(doomed);
    expect(await take()).to.equal(undefined);
    await pool.use((connection) => connection.write('KILL ?', [session]));
    expect(await turn.isHeld()).to.equal(false);
    await eventually(async () => (await taken()).end());
    await turn.end();
    // Its pool goes on with another session.
    await (await taken(doomed)).end();
  });

  it('given a session that is silent for longer than its pool allows / then its turn is over: a frozen janitor keeps none', async () => {
    const frozen = testPool(database.url, { connections: 2, silenceMs: 1_000 });
    more.push(() => frozen.end());
    const turn = await taken(frozen);
    expect(await take()).to.equal(undefined);
    await eventually(async () => (await taken()).end());
    expect(await turn.isHeld()).to.equal(false);
    await turn.end();
  });

  it('given no server / then it is an outage, and nobody has the turn', async () => {
    const nowhere = testPool('mysql://nobody:nothing@127.0.0.1:1/none');
    more.push(() => nowhere.end());
    expect(await left(new MySqlJanitorTurns(nowhere, 'outbox').take())).to.include({ _tag: 'StorageUnavailable' });
  });
});
