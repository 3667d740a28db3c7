import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import type { OpenCircuit } from '../../../src/application/ports/relay-views.ts';
import { MySqlOutboxActivity } from '../../../src/infrastructure/mysql/mysql-outbox-activity.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayLeases } from '../../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlRelayViews } from '../../../src/infrastructure/mysql/mysql-relay-views.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import type { TestDatabase } from '../../support/servers.ts';

const TTL = 60_000;

describe('relays and recent activity as operators see them, on a real MySQL', () => {
  let database: TestDatabase;
  let pool: MySqlPool;

  const rows = (sql: string): Promise<unknown> => pool.use((connection) => connection.write(sql));

  before(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  describe('relays', () => {
    const circuits: OpenCircuit[] = [];
    let leases: MySqlRelayLeases;
    let views: MySqlRelayViews;

    before(() => {
      leases = new MySqlRelayLeases(pool, undefined, () => circuits);
      views = new MySqlRelayViews(pool);
    });
    beforeEach(async () => {
      for (const table of ['relay_members', 'relay_leases']) await rows(`DELETE FROM ${table}`);
    });

    /** The elder one leads two lanes, the younger one gave one back. */
    const announceTwo = async (): Promise<void> => {
      await right(leases.announce('elder', TTL));
      await right(leases.announce('younger', TTL));
      for (const name of ['lane-10', 'lane-2']) await right(leases.acquire(name, 'elder', TTL));
      const back = O.toUndefined(await right(leases.acquire('lane-3', 'younger', TTL)));
      if (back === undefined) throw new Error('the lease is taken');
      await right(leases.release(back));
    };

    it('given none / then none, and no lane', async () => {
      expect(await right(views.look())).to.deep.equal({ relays: [], lanes: [] });
    });

    it('given two, of which one leads two lanes / then who leads what, and that nobody leads the one that was given back', async () => {
      await announceTwo();
      const { relays, lanes } = await right(views.look());
      expect(relays.map(({ owner, lanes: led }) => [owner, led])).to.deep.equal([
        ['elder', [2, 10]],
        ['younger', []],
      ]);
      expect(lanes.map(({ lane, owner }) => [lane, owner])).to.deep.equal([
        [2, 'elder'],
        [3, null],
        [10, 'elder'],
      ]);
    });

    it('given circuits that open and close / then each announcement tells those that are open', async () => {
      const open = { lane: 2, since: '2026-01-31T09:30:00.000Z', reason: 'outage: 🚚 connect ECONNREFUSED' };
      circuits.push(open);
      await right(leases.announce('elder', TTL));
      expect((await right(views.look())).relays[0]?.openCircuits).to.deep.equal([open]);
      circuits.pop();
      await right(leases.announce('elder', TTL));
      expect((await right(views.look())).relays[0]?.openCircuits).to.deep.equal([]);
    });

    it('given a relay that has expired / then it is none any more, and leads nothing', async () => {
      await announceTwo();
      await rows("UPDATE relay_members SET expires_at = NOW(6) WHERE owner = 'elder'");
      await rows("UPDATE relay_leases SET expires_at = NOW(6) WHERE owner = 'elder'");
      const { relays, lanes } = await right(views.look());
      expect(relays.map(({ owner }) => owner)).to.deep.equal(['younger']);
      expect(lanes.map(({ owner }) => owner)).to.deep.equal([null, null, null]);
    });
  });

  describe('activity', () => {
    const activity = (): ReturnType<ReturnType<MySqlOutboxActivity['recent']>> =>
      new MySqlOutboxActivity(pool).recent()();

    beforeEach(() => rows('DELETE FROM outbox'));

    it('given nothing / then no rate, no delay, and five minutes in which nothing happened', async () => {
      const { ordersPerSecond, publishDelayMs, buckets, bucketSeconds } = await right(activity);
      expect([ordersPerSecond, publishDelayMs]).to.deep.equal([0, null]);
      expect(buckets.length * bucketSeconds).to.be.within(290, 300);
      expect(buckets.every(({ orders, events, published }) => orders + events + published === 0)).to.equal(true);
    });

    it('given 100 orders that took 1 to 100 ms, and older ones / then rates and percentiles of the last minute only', async () => {
      const unitOfWork = new MySqlUnitOfWork(pool);
      const outbox = new MySqlOutbox({ laneOf: () => 0, maxEventBytes: 65_536 });
      const events = Array.from({ length: 110 }, () => anEvent(randomUUID(), 1));
      await right(
        unitOfWork.run({ action: 'test', rerunAfterUnknownCommit: false }, (tx) => outbox.append(tx, events)),
      );
      const lease = O.toUndefined(await right(new MySqlRelayLeases(pool).acquire('lane-0', 'test', TTL)));
      if (lease === undefined) throw new Error('the lease is taken');
      const relay = new MySqlRelayOutbox(pool, unitOfWork);
      const { records: claimed } = await right(relay.claim(lease, 0, { records: 200, bytes: 10_000_000 }));
      await right(
        relay.acknowledge(
          lease,
          0,
          claimed.map((record, offset) => ({ record, offset })),
        ),
      );
      const placed = '(SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM outbox) AS placed';
      await rows(`UPDATE outbox JOIN ${placed} USING (id)
        SET created_at = NOW(6) - INTERVAL IF(place <= 100, 20, 120) SECOND`);
      await rows(`UPDATE outbox JOIN ${placed} USING (id)
        SET published_at = created_at + INTERVAL place * 1000 MICROSECOND`);

      const { windowSeconds, ordersPerSecond, publishedPerSecond, publishDelayMs, buckets } = await right(activity);
      expect([windowSeconds, ordersPerSecond, publishedPerSecond]).to.deep.equal([60, 100 / 60, 100 / 60]);
      expect(publishDelayMs).to.deep.equal({ p50: 50, p95: 95, p99: 99, max: 100 });
      const sum = (of: 'orders' | 'published'): number => buckets.reduce((total, bucket) => total + bucket[of], 0);
      expect([sum('orders'), sum('published')]).to.deep.equal([110, 110]);
      expect(buckets.map(({ at }, index) => at - (buckets[0]?.at ?? 0) - index * 5)).to.satisfy((gaps: number[]) =>
        gaps.every((gap) => gap === 0),
      );
    });
  });
});
