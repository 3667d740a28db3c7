import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { Janitor } from '../../../src/application/operations/janitor.ts';
import { PurgeOutbox } from '../../../src/application/operations/purge-outbox.ts';
import { leaseNameOf } from '../../../src/application/relay/lane-share.ts';
import { systemClock } from '../../../src/infrastructure/clock.ts';
import { migrate } from '../../../src/infrastructure/mysql/migrate.ts';
import { MySqlAuditLog } from '../../../src/infrastructure/mysql/mysql-audit-log.ts';
import { MySqlJanitorTurns } from '../../../src/infrastructure/mysql/mysql-janitor-turns.ts';
import { MySqlOutboxRetention } from '../../../src/infrastructure/mysql/mysql-outbox-retention.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayLeases } from '../../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { createDatabases, withDatabase } from '../../../tools/environment/databases.ts';
import { Run } from '../../../tools/environment/run.ts';
import { startServers } from '../../../tools/environment/servers.ts';
import type { Servers } from '../../../tools/environment/servers.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { eventually } from '../../support/eventually.ts';
import { useDirectory, useOwnServers } from '../../support/environment/own-servers.ts';
import { MIGRATIONS, testPool } from '../../support/mysql-storage.ts';

const HOUR = 3_600_000;
const LANES = 2;
const WRITERS = 4;
const EVENTS_PER_ORDER = 4;
const OLD_ROWS = 2_000;
/** Of these, the ones behind the old rows were written while it purged. */
const PURGED_MEANWHILE = OLD_ROWS + 500;
/** Short, so that rows become old while others are written: then all three work on the same pages. */
const RETENTION_MS = 300;

const Counters = t.type({ name: t.string, count: t.number });

/*
 * On a server of its own, since InnoDB counts for the whole server: whatever waits there, waits because of one of
 * these three.
 */
describe('a janitor beside writers and a relay, on a MySQL of its own', function () {
  this.timeout(120_000);
  useOwnServers();
  const directory = useDirectory();
  let servers: Servers;
  let pool: MySqlPool;
  let unitOfWork: MySqlUnitOfWork;

  before(async () => {
    servers = await startServers({
      run: await Run.open(directory.path()),
      needed: ['mysql'],
      progress: () => undefined,
    });
    const url = withDatabase(servers.mysqlUrl, 'orders');
    await createDatabases(url, ['orders']);
    await right(migrate({ url, directory: MIGRATIONS }));
    pool = testPool(url, { connections: 12 });
    unitOfWork = new MySqlUnitOfWork(pool);
  });
  after(async () => {
    await pool.end();
    await servers.stop();
  });

  const outboxOf = (lane: number): MySqlOutbox => new MySqlOutbox({ laneOf: () => lane, maxEventBytes: 65_536 });
  const append = (lane: number, orderId: string, from: number, to: number): Promise<void> => {
    const events = Array.from({ length: to - from + 1 }, (_, index) => anEvent(orderId, from + index));
    return right(
      unitOfWork.run({ action: 'append', rerunAfterUnknownCommit: false }, (tx) => outboxOf(lane).append(tx, events)),
    );
  };
  const counters = async (): Promise<Readonly<Record<string, number>>> => {
    const rows = await pool.use((connection) =>
      connection.rows(`SELECT name, CAST(count AS SIGNED) AS count FROM information_schema.innodb_metrics
        WHERE name IN ('lock_deadlocks', 'lock_timeouts', 'lock_row_lock_waits')`),
    );
    return Object.fromEntries(decodeRows(Counters, rows).map(({ name, count }) => [name, count]));
  };
  const numberOf = async (sql: string): Promise<number> => {
    const rows = await pool.use((connection) => connection.rows(sql));
    return decodeRows(t.type({ n: t.number }), rows)[0]?.n ?? Number.NaN;
  };

  const purgedRows = (): Promise<number> =>
    numberOf('SELECT CAST(COALESCE(SUM(purged_rows), 0) AS SIGNED) AS n FROM outbox_purges');

  /** Publishes what there is of a lane, over and over, until `done`; then the rest. */
  const publish = async (lane: number, done: () => boolean): Promise<void> => {
    const relay = new MySqlRelayOutbox(pool, unitOfWork);
    const lease = O.toUndefined(await right(new MySqlRelayLeases(pool).acquire(leaseNameOf(lane), 'test', HOUR)));
    if (lease === undefined) throw new Error('the lease is taken');
    for (;;) {
      const isLast = done();
      const { records } = await right(relay.claim(lease, lane, { records: 200, bytes: 1_000_000 }));
      const acknowledged = records.map((record) => ({ record, offset: record.id }));
      await right(relay.acknowledge(lease, lane, acknowledged));
      if (records.length === 0 && isLast) return;
      if (records.length === 0) await systemClock.sleep(2);
    }
  };

  it('given rows that become old while others are written / then nothing deadlocks, and no claim, append or settlement waits for a lock', async () => {
    const failures: string[] = [];
    const purge = new PurgeOutbox({
      unitOfWork,
      retention: new MySqlOutboxRetention(pool),
      audit: new MySqlAuditLog(),
      shortestRetentionMs: 0,
    });
    const request = {
      actor: 'janitor',
      olderThanMs: RETENTION_MS,
      limit: Infinity,
      dryRun: false,
      recordsIdleRun: false,
    };
    const janitor = new Janitor(
      {
        clock: systemClock,
        turns: new MySqlJanitorTurns(pool, 'outbox'),
        purge: (pace) => purge.handle(request, pace),
        observer: {
          ran: () => undefined,
          stoodBy: () => undefined,
          failed: (activity, cause) => failures.push(`${activity}: ${String(cause)}`),
        },
      },
      20,
    );
    for (let lane = 0; lane < LANES; lane += 1) {
      const each = 100;
      for (let row = 0; row < OLD_ROWS / LANES; row += each) await append(lane, randomUUID(), 1, each);
      await publish(lane, () => true);
    }

    const before = await counters();
    let written = 0;
    let isEnough = false;
    let isWritten = false;
    janitor.start();
    const write = async (lane: number): Promise<void> => {
      while (!isEnough) {
        const orderId = randomUUID();
        for (let sequence = 1; sequence <= EVENTS_PER_ORDER; sequence += 1)
          await append(lane, orderId, sequence, sequence);
        written += EVENTS_PER_ORDER;
      }
    };
    const working = Array.from({ length: WRITERS }, (_, writer) => write(writer % LANES));
    const publishing = Array.from({ length: LANES }, (_, lane) => publish(lane, () => isWritten));
    await eventually(async () => expect(await purgedRows()).to.be.greaterThan(PURGED_MEANWHILE), 60_000);
    const after = await counters();
    isEnough = true;
    await Promise.all(working);
    isWritten = true;
    await Promise.all(publishing);
    await janitor.stop(10_000);

    expect(failures).to.deep.equal([]);
    expect(after).to.deep.equal(before);
    expect(Object.keys(after)).to.have.members(['lock_deadlocks', 'lock_timeouts', 'lock_row_lock_waits']);
    expect((await numberOf('SELECT COUNT(*) AS n FROM outbox')) + (await purgedRows())).to.equal(OLD_ROWS + written);
    expect(await numberOf("SELECT COUNT(*) AS n FROM outbox WHERE status <> 'COMPLETED'")).to.equal(0);
  });
});
