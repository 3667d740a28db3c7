import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Pool } from 'mysql2/promise';
import { cursorPollOutbox } from '../../../simulator/sabotage/cursor-poll/cursor-poll-outbox.ts';
import { openPool } from '../../../simulator/sabotage/own-connections.ts';
import { overtakeQuarantinedOutbox } from '../../../simulator/sabotage/overtake-quarantined/overtake-quarantined-outbox.ts';
import { leasesOfItsOwn } from '../../../simulator/sabotage/skip-locked-no-hold/leases-of-its-own.ts';
import { SkipLockedOutbox } from '../../../simulator/sabotage/skip-locked-no-hold/skip-locked-outbox.ts';
import { timestampOrderOutbox } from '../../../simulator/sabotage/timestamp-order/timestamp-order-outbox.ts';
import type { Lease, RelayLeases } from '../../../src/application/ports/relay-lease.ts';
import type { OutboxRecord, RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';
import type { OutboxEvent } from '../../../src/application/ports/outbox.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayLeases } from '../../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import type { TestDatabase } from '../../support/servers.ts';

const unit = { action: 'test', rerunAfterUnknownCommit: false };
const LIMIT = { records: 100, bytes: 16_777_216 };
const LANE = 0;

describe('relay outboxes with a planted bug, on a real server', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  let own: Pool;
  let unitOfWork: MySqlUnitOfWork;
  let real: RelayOutbox;
  let leases: RelayLeases;
  let lease: Lease;
  const outbox = new MySqlOutbox({ laneOf: () => LANE, maxEventBytes: 65_536 });

  beforeEach(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
    own = openPool(database.url);
    unitOfWork = new MySqlUnitOfWork(pool);
    real = new MySqlRelayOutbox(pool, unitOfWork);
    leases = new MySqlRelayLeases(pool);
    lease = await take(leases, 'relay');
  });
  afterEach(async () => {
    await own.end();
    await pool.end();
    await database.drop();
  });

  const take = async (from: RelayLeases, owner: string): Promise<Lease> => {
    const taken = await right(from.acquire('lane-0', owner, 3_600_000));
    if (taken._tag === 'None') throw new Error('the lease is taken');
    return taken.value;
  };
  const commit = (...events: OutboxEvent[]): Promise<void> =>
    right(unitOfWork.run(unit, (tx) => outbox.append(tx, events)));
  const claim = async (from: RelayOutbox): Promise<readonly OutboxRecord[]> =>
    (await right(from.claim(lease, LANE, LIMIT))).records;
  const sequences = (records: readonly OutboxRecord[]): readonly number[] => records.map(({ sequence }) => sequence);
  const publish = (by: RelayOutbox, records: readonly OutboxRecord[]): Promise<void> =>
    right(
      by.acknowledge(
        lease,
        LANE,
        records.map((record) => ({ record, offset: record.id })),
      ),
    );

  it('cursor-poll: given a row that commits after one with a higher ID / then it is never claimed', async () => {
    const buggy = cursorPollOutbox(real, own);
    const late = anEvent('late', 1);
    await right(
      unitOfWork.run(unit, (tx) => async () => {
        const appended = await outbox.append(tx, [late])();
        await commit(anEvent('early', 1));
        const seen = await claim(buggy);
        expect(seen.map(({ orderKey }) => orderKey)).to.deep.equal(['early']);
        await publish(buggy, seen);
        return appended;
      }),
    );
    expect(await right(buggy.lanesWithWork())).to.deep.equal([]);
    expect(await claim(buggy)).to.deep.equal([]);
    expect(
      (await claim(real)).map(({ eventId }) => eventId),
      'the real one',
    ).to.deep.equal([late.eventId]);
  });

  it('timestamp-order: given two rows of an order within a second / then their random IDs decide', async () => {
    const buggy = timestampOrderOutbox(real, own);
    const [first, second] = ['0192f0c1-7d3a-7000-8000-ffffffffffff', '0192f0c1-7d3b-7000-8000-000000000000'];
    await commit(anEvent('order', 1, { eventId: first }), anEvent('order', 2, { eventId: second }));
    expect(sequences(await claim(buggy))).to.deep.equal([2, 1]);
    expect(sequences(await claim(real)), 'the real one').to.deep.equal([1, 2]);
  });

  it('skip-locked-no-hold: given a worker at the first event of an order / then the next one takes the second', async () => {
    const workers = [new SkipLockedOutbox(real, own), new SkipLockedOutbox(real, own)] as const;
    await commit(anEvent('order', 1), anEvent('order', 2));
    const mine = await claim(workers[0]);
    const theirs = await claim(workers[1]);
    expect([sequences(mine), sequences(theirs)]).to.deep.equal([[1], [2]]);
    await publish(workers[1], theirs);
    await publish(workers[0], mine);
    expect(await claim(real), 'both are published').to.deep.equal([]);
  });

  it('skip-locked-no-hold: given a worker with a lane / then another one gets a lease for it too', async () => {
    const lawless = leasesOfItsOwn(leases);
    const [mine, theirs] = [await take(lawless, 'worker-1'), await take(lawless, 'worker-2')];
    for (const held of [mine, theirs]) expect(await right(lawless.renew([held], 60_000)), 'lost').to.deep.equal([]);
    expect((await right(lawless.look('worker-1', ['lane-0']))).free).to.deep.equal(['lane-0']);
  });

  it('overtake-quarantined: given a quarantined event / then those behind it go on', async () => {
    const buggy = overtakeQuarantinedOutbox(real, own);
    await commit(anEvent('order', 1), anEvent('order', 2));
    const quarantine = async (by: RelayOutbox): Promise<readonly number[]> => {
      const [head] = await claim(by);
      if (head === undefined) throw new Error('nothing was claimed');
      await right(by.recordFailure(lease, { record: head, error: 'refused' }, { _tag: 'Quarantine' }));
      return sequences(await claim(by));
    };
    expect(await quarantine(buggy)).to.deep.equal([2]);
    expect(await quarantine(real), 'the real one quarantines 2 and has nothing left').to.deep.equal([]);
    await commit(anEvent('other', 1), anEvent('other', 2));
    expect(await quarantine(real), 'the real one holds 2').to.deep.equal([]);
  });

  it('every one of them still spends attempts through the real outbox', async () => {
    for (const buggy of [
      cursorPollOutbox(real, own),
      timestampOrderOutbox(real, own),
      new SkipLockedOutbox(real, own),
    ]) {
      const key = `order-${Math.random()}`;
      await commit(anEvent(key, 1));
      const [record] = (await claim(buggy)).filter(({ orderKey }) => orderKey === key);
      if (record === undefined) throw new Error('nothing was claimed');
      const failed = buggy.recordFailure(lease, { record, error: 'refused' }, { _tag: 'RetryAfter', delayMs: 60_000 });
      expect(await right(TE.as('spent')(failed))).to.equal('spent');
      expect((await claim(buggy)).filter(({ orderKey }) => orderKey === key)).to.deep.equal([]);
    }
  });
});
