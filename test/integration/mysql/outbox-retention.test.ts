import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import * as t from 'io-ts';
import { PurgeOutbox } from '../../../src/application/operations/purge-outbox.ts';
import type { Lease } from '../../../src/application/ports/relay-lease.ts';
import { leaseNameOf } from '../../../src/application/relay/lane-share.ts';
import { MySqlAuditLog } from '../../../src/infrastructure/mysql/mysql-audit-log.ts';
import { MySqlOutboxRetention } from '../../../src/infrastructure/mysql/mysql-outbox-retention.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayLeases } from '../../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { decodeFirst, decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import type { TestDatabase } from '../../support/servers.ts';

const unit = { action: 'test', rerunAfterUnknownCommit: false };
const HOUR = 3_600_000;

describe('a purge on a real MySQL', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let pool: MySqlPool;
  let unitOfWork: MySqlUnitOfWork;
  let relay: MySqlRelayOutbox;
  let lease: Lease;
  beforeEach(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
    unitOfWork = new MySqlUnitOfWork(pool);
    relay = new MySqlRelayOutbox(pool, unitOfWork);
    const acquired = O.toUndefined(await right(new MySqlRelayLeases(pool).acquire(leaseNameOf(0), 'test', HOUR)));
    if (acquired === undefined) throw new Error('the lease is taken');
    lease = acquired;
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const outbox = new MySqlOutbox({ laneOf: () => 0, maxEventBytes: 65_536 });
  const append = (orderId: string, from: number, to: number): Promise<void> => {
    const events = Array.from({ length: to - from + 1 }, (_, index) => anEvent(orderId, from + index));
    return right(unitOfWork.run(unit, (tx) => outbox.append(tx, events)));
  };
  const publishAll = async (): Promise<void> => {
    const { records } = await right(relay.claim(lease, 0, { records: 1_000, bytes: 16_000_000 }));
    const acknowledged = records.map((record, offset) => ({ record, offset }));
    await right(relay.acknowledge(lease, 0, acknowledged));
  };
  const change = (set: string, where = 'TRUE'): Promise<unknown> =>
    pool.use((connection) => connection.write(`UPDATE outbox SET ${set} WHERE ${where}`));
  const makeOld = (where?: string): Promise<unknown> =>
    change('created_at = created_at - INTERVAL 8 DAY, published_at = published_at - INTERVAL 8 DAY', where);
  const purge = async (): Promise<number> => {
    const retention = new MySqlOutboxRetention(pool);
    const janitor = new PurgeOutbox({ unitOfWork, retention, audit: new MySqlAuditLog() });
    const request = { actor: 'janitor', olderThanMs: HOUR, limit: Infinity, dryRun: false, recordsIdleRun: true };
    return (await right(janitor.handle(request))).rows;
  };
  const remaining = async (orderId: string): Promise<readonly number[]> =>
    pool.use(async (connection) =>
      decodeRows(
        t.type({ sequence: t.number }),
        await connection.rows('SELECT sequence FROM outbox WHERE order_id = ? ORDER BY sequence', [orderId]),
      ).map(({ sequence }) => sequence),
    );
  const numberOf = async (sql: string): Promise<number> =>
    pool.use(async (connection) => {
      const row = decodeFirst(t.type({ n: t.number }), await connection.rows(sql));
      return row?.n ?? Number.NaN;
    });

  it('given a clock that went back between two events of an order / then the later one stays while the earlier one does', async () => {
    const [order, other] = [randomUUID(), randomUUID()];
    await append(order, 1, 3);
    await append(other, 1, 1);
    await publishAll();
    await makeOld();
    await change('published_at = NOW(6)', `order_id = '${order}' AND sequence = 2`);
    expect(await purge()).to.equal(2);
    expect(await remaining(order)).to.deep.equal([2, 3]);
    expect(await remaining(other)).to.deep.equal([]);
    await makeOld();
    expect(await purge()).to.equal(2);
    expect(await remaining(order)).to.deep.equal([]);
  });

  for (const status of ['PENDING', 'QUARANTINED'])
    it(`given a row that somebody set to ${status} before published ones / then it stays, and they stay behind it`, async () => {
      const order = randomUUID();
      await append(order, 1, 3);
      await publishAll();
      await makeOld();
      await change(`status = '${status}'`, 'sequence = 2');
      expect(await purge()).to.equal(1);
      expect(await remaining(order)).to.deep.equal([2, 3]);
    });

  it('given the audit and the record of a run / then they tell who, up to when, and how many rows', async () => {
    await append(randomUUID(), 1, 3);
    await publishAll();
    await makeOld();
    await purge();
    const [rows] = await pool.use((connection) =>
      connection.rows(`SELECT p.actor, p.purged_rows, a.actor AS audited, a.action, a.reason,
          a.reason = CONCAT('published before ', DATE_FORMAT(p.cutoff, '%Y-%m-%dT%H:%i:%s.%fZ')) AS same_cutoff
        FROM outbox_purges p JOIN operator_audit a ON a.action = 'purge'`),
    );
    expect(rows).to.deep.include({ actor: 'janitor', audited: 'janitor', purged_rows: 3, same_cutoff: 1 });
  });

  it('given writers, a relay and two janitors at once / then nothing deadlocks, no event is missed, and the counts add up', async () => {
    const orders = Array.from({ length: 8 }, () => randomUUID());
    const EVENTS = 30;
    const writing = { now: true };
    const writers = Promise.all(
      orders.map(async (order) => {
        for (let sequence = 1; sequence <= EVENTS; sequence += 1) await append(order, sequence, sequence);
      }),
    ).finally(() => {
      writing.now = false;
    });
    const relaying = (async () => {
      while (writing.now) {
        await publishAll();
        await makeOld("status = 'COMPLETED' AND published_at > NOW(6) - INTERVAL 1 DAY");
      }
    })();
    let purged = 0;
    const janitor = async (): Promise<void> => {
      while (writing.now) {
        const rows = await purge();
        purged += rows;
      }
    };
    await Promise.all([writers, relaying, janitor(), janitor()]);
    await publishAll();
    expect(purged).to.be.greaterThan(0);
    for (const order of orders) {
      const rows = await remaining(order);
      expect(rows).to.deep.equal(rows.map((_, index) => EVENTS - rows.length + 1 + index));
    }
    const [left, counted] = [
      await numberOf('SELECT COUNT(*) AS n FROM outbox'),
      await numberOf('SELECT CAST(SUM(purged_rows) AS SIGNED) AS n FROM outbox_purges'),
    ];
    expect(left + counted).to.equal(orders.length * EVENTS);
    expect(counted).to.equal(purged);
  });

  it('given a run that breaks off in a chunk / then its rows and its count are as they were', async () => {
    const order = randomUUID();
    await append(order, 1, 2);
    await publishAll();
    await makeOld();
    const retention = new MySqlOutboxRetention(pool);
    const cutoff = await right(retention.cutoff(HOUR));
    const run = await right(unitOfWork.run(unit, (tx) => retention.begin(tx, 'janitor', cutoff)));
    const { purgeable } = await right(retention.look(cutoff, 0, 0, 10));
    const broken = unitOfWork.run(unit, (tx) => async () => {
      expect(await right(retention.remove(tx, run, purgeable))).to.equal(2);
      return E.left('killed' as const);
    });
    expect(await broken()).to.deep.equal(E.left('killed'));
    expect(await remaining(order)).to.deep.equal([1, 2]);
    expect(await numberOf('SELECT CAST(SUM(purged_rows) AS SIGNED) AS n FROM outbox_purges')).to.equal(0);
  });
});
