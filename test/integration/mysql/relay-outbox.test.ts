import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Replacement } from '../../../src/application/ports/outbox-operations.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import { laneOf } from '../../../src/application/relay/lanes.ts';
import { fencedUnit } from '../../../src/infrastructure/mysql/fenced-unit.ts';
import { MySqlOutboxOperations } from '../../../src/infrastructure/mysql/mysql-outbox-operations.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import { MySqlRelayLeases } from '../../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlUnitOfWork, connectionOf } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import type { Lease } from '../../../src/application/ports/relay-lease.ts';
import * as O from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { eventually } from '../../support/eventually.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import type { TestDatabase } from '../../support/servers.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';
import { left, right } from '../../port-suites/storage-under-test.ts';

const LANES = 3;
const unit = { action: 'test', rerunAfterUnknownCommit: false };

/** Repeatable random numbers in [0, 1) (mulberry32). */
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

describe('MySqlRelayOutbox on a real server', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  let unitOfWork: MySqlUnitOfWork;
  let outbox: MySqlOutbox;
  let relay: MySqlRelayOutbox;
  let lease: Lease;
  beforeEach(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url, { connections: 12 });
    // No rerun: a deadlock or a lock wait between appends and the relay would show as a Left and fail the test.
    unitOfWork = new MySqlUnitOfWork(pool, { reruns: 0 });
    outbox = new MySqlOutbox({ laneOf: (key) => laneOf(key, LANES), maxEventBytes: 16_777_216 });
    relay = new MySqlRelayOutbox(pool, unitOfWork);
    const acquired = O.toUndefined(await right(new MySqlRelayLeases(pool).acquire('relay', 'test', 3_600_000)));
    if (acquired === undefined) throw new Error('the lease is taken');
    lease = acquired;
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const append = (key: string, from: number, count: number): Promise<void> =>
    right(
      unitOfWork.run(unit, (tx) =>
        outbox.append(
          tx,
          Array.from({ length: count }, (_, index) => anEvent(key, from + index)),
        ),
      ),
    );
  const claim = async (lane: number, records = 500): Promise<readonly OutboxRecord[]> =>
    (await right(relay.claim(lease, lane, { records, bytes: 16_777_216 }))).records;
  const acknowledge = (lane: number, records: readonly OutboxRecord[]): Promise<void> =>
    right(
      relay.acknowledge(
        lease,
        lane,
        records.map((record) => ({ record, offset: record.id })),
      ),
    );
  const count = async (condition: string): Promise<number> => {
    const rows = await pool.use((connection) => connection.rows(`SELECT COUNT(*) AS n FROM outbox WHERE ${condition}`));
    return decodeRows(t.strict({ n: t.number }), rows)[0]?.n ?? -1;
  };
  /** Rows and index entries that the sessions of `one` have read. */
  const readSoFar = (one: MySqlPool): Promise<number> =>
    one.use(async (connection) => {
      const rows = await connection.rows(
        `SELECT variable_value AS reads_so_far FROM performance_schema.session_status
          WHERE variable_name IN ('Handler_read_key', 'Handler_read_next', 'Handler_read_rnd_next')`,
      );
      return decodeRows(t.strict({ reads_so_far: t.string }), rows).reduce(
        (sum, row) => sum + Number(row.reads_so_far),
        0,
      );
    });

  for (const fresh of [false, true])
    it(`given a long backlog / then a claim${fresh ? ' of fresh records' : ''} reads little more than what it takes`, async () => {
      const [backlog, taken] = [4_000, 20];
      await append('o', 1, backlog);
      const one = testPool(database.url, { connections: 1 });
      try {
        const before = await readSoFar(one);
        const lane = laneOf('o', LANES);
        const { records, more } = await right(
          new MySqlRelayOutbox(one, new MySqlUnitOfWork(one)).claim(lease, lane, {
            records: taken,
            bytes: 16_777_216,
            fresh,
          }),
        );
        expect(records).to.have.length(taken);
        expect(more).to.equal(true);
        // Looking at the counters reads some hundred of them.
        expect((await readSoFar(one)) - before).to.be.below(backlog / 2);
      } finally {
        await one.end();
      }
    });

  it('given 2,500 events held behind one / when it is acknowledged / then they are released in chunks, in order, without a gap', async () => {
    const key = randomUUID();
    const lane = laneOf(key, LANES);
    await append(key, 1, 2_501);
    const [head] = await claim(lane, 1);
    if (head === undefined) throw new Error('nothing was claimed');
    await right(relay.recordFailure(lease, { record: head, error: 'x' }, { _tag: 'RetryAfter', delayMs: 0 }));
    expect(await count('held_by IS NOT NULL')).to.equal(1_000);

    const due = await claim(lane);
    expect(due.map(({ sequence }) => sequence)).to.deep.equal([1]);
    expect(await count('held_by IS NOT NULL')).to.be.greaterThan(1_400);
    await acknowledge(lane, due);
    expect(await count("status = 'PENDING' AND held_by IS NULL")).to.be.at.least(1_000);

    const sent: number[] = [1];
    for (let rounds = 0; rounds < 50; rounds += 1) {
      const records = await claim(lane);
      if (records.length === 0) break;
      sent.push(...records.map(({ sequence }) => sequence));
      await acknowledge(lane, records);
    }
    expect(sent).to.deep.equal(Array.from({ length: 2_501 }, (_, index) => index + 1));
    expect(await count("status <> 'COMPLETED'")).to.equal(0);
  });

  it('given a long order released in chunks / when one in the middle fails / then all behind it wait for it', async () => {
    const key = randomUUID();
    const lane = laneOf(key, LANES);
    await append(key, 1, 1_300);
    const [head] = await claim(lane, 1);
    if (head === undefined) throw new Error('nothing was claimed');
    await right(relay.recordFailure(lease, { record: head, error: 'x' }, { _tag: 'RetryAfter', delayMs: 0 }));
    await acknowledge(lane, await claim(lane));
    const released = await claim(lane);
    await acknowledge(lane, released.slice(0, 10));
    const failing = released[10];
    if (failing === undefined) throw new Error('too little was released');
    await right(relay.recordFailure(lease, { record: failing, error: 'x' }, { _tag: 'Quarantine' }));
    expect(await claim(lane)).to.deep.equal([]);
    expect(await count(`status = 'PENDING' AND held_by <> ${failing.id}`)).to.be.at.most(300);

    const operations = new MySqlOutboxOperations();
    await right(unitOfWork.run(unit, (tx) => operations.redrive(tx, failing.eventId)));
    const sent: number[] = [];
    for (let rounds = 0; rounds < 50; rounds += 1) {
      const records = await claim(lane);
      if (records.length === 0) break;
      sent.push(...records.map(({ sequence }) => sequence));
      await acknowledge(lane, records);
    }
    expect(sent).to.deep.equal(Array.from({ length: 1_289 }, (_, index) => index + 12));
  });

  it('given two failed events of one order / when the first is acknowledged / then the release stops at the second', async () => {
    const key = randomUUID();
    const lane = laneOf(key, LANES);
    await append(key, 1, 4);
    const [first, , third] = await claim(lane);
    if (first === undefined || third === undefined) throw new Error('too little was claimed');
    await right(relay.recordFailure(lease, { record: third, error: 'x' }, { _tag: 'RetryAfter', delayMs: 3_600_000 }));
    await right(relay.recordFailure(lease, { record: first, error: 'x' }, { _tag: 'RetryAfter', delayMs: 0 }));
    await acknowledge(lane, await claim(lane));
    const next = await claim(lane);
    expect(next.map(({ sequence }) => sequence)).to.deep.equal([2]);
    await acknowledge(lane, next);
    expect(await claim(lane)).to.deep.equal([]);
  });

  it('given a row held by a transaction that still appends / then claims and settling do not wait for it', async () => {
    const [key, other] = [randomUUID(), randomUUID()];
    await append(key, 1, 3);
    let claimed: readonly OutboxRecord[] = [];
    await right(
      unitOfWork.run(unit, (tx) => async () => {
        const appended = await outbox.append(tx, [anEvent(key, 4), anEvent(other, 1)])();
        const lane = laneOf(key, LANES);
        claimed = await claim(lane);
        await acknowledge(lane, claimed.slice(0, 1));
        const failing = claimed[1];
        if (failing !== undefined)
          await right(relay.recordFailure(lease, { record: failing, error: 'x' }, { _tag: 'RetryAfter', delayMs: 0 }));
        await acknowledge(lane, await claim(lane));
        return appended;
      }),
    );
    expect(claimed.map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3]);
    expect((await claim(laneOf(key, LANES))).filter(({ orderKey }) => orderKey === key)).to.have.length(2);
  });

  for (const seed of [1, 2, 3])
    it(`given failures, quarantines, redrives, skips, crashes and 8 writers at once (seed ${seed}) / then every order is sent 1..n, and nothing waits in vain or deadlocks`, async () => {
      const random = seeded(seed);
      const keys = Array.from({ length: 16 }, () => randomUUID());
      const committed = new Map<string, number>(keys.map((key) => [key, 0]));
      const sent = new Map<string, number>(keys.map((key) => [key, 0]));
      const quarantined = new Set<string>();
      let quarantines = 0;
      let skipped = 0;
      const EVENTS_PER_KEY = 25;

      const writer = async (mine: readonly string[]): Promise<void> => {
        for (let sequence = 1; sequence <= EVENTS_PER_KEY; sequence += 1)
          for (const key of mine) {
            await append(key, sequence, 1);
            committed.set(key, sequence);
          }
      };
      /** Publishes a record: its first appearance must be the next number of its order. */
      const publish = (record: OutboxRecord): void => {
        const last = sent.get(record.orderKey) ?? 0;
        expect(record.sequence, `order ${record.orderKey} after ${last}`).to.be.at.most(last + 1);
        sent.set(record.orderKey, Math.max(last, record.sequence));
      };
      const fail = async (record: OutboxRecord): Promise<void> => {
        // The first failure always ends in a quarantine, so that in every run there is something to skip.
        const quarantine = quarantines === 0 || random() < 0.3;
        if (quarantine) quarantines += 1;
        const then = quarantine ? ({ _tag: 'Quarantine' } as const) : ({ _tag: 'RetryAfter', delayMs: 3 } as const);
        await right(relay.recordFailure(lease, { record, error: 'refused' }, then));
        if (random() < 0.2) await right(relay.recordFailure(lease, { record, error: 'refused' }, then));
        if (quarantine) quarantined.add(record.eventId);
      };
      const drain = async (lane: number): Promise<number> => {
        const records = await claim(lane, 1 + Math.floor(random() * 40));
        if (random() < 0.1) {
          // Published and then crashed before settling: the next claim brings the same again.
          records.forEach(publish);
          return records.length;
        }
        const failing = new Map<string, OutboxRecord>();
        const published: OutboxRecord[] = [];
        for (const record of records) {
          if (failing.has(record.orderKey)) continue;
          if (random() < 0.08) failing.set(record.orderKey, record);
          else {
            publish(record);
            published.push(record);
          }
        }
        await acknowledge(lane, published);
        if (random() < 0.1) await acknowledge(lane, published);
        for (const record of failing.values()) await fail(record);
        return records.length;
      };
      const operations = new MySqlOutboxOperations();
      const skip = async (eventId: string, redrive: TaskEither<unknown, void>): Promise<void> => {
        const replacementOf = (): Replacement => {
          const { type, version, payload, headers } = anEvent('', 1);
          return { eventId: randomUUID(), type, version, payload, headers };
        };
        const how = { eventId, skippedBy: 'test', reason: 'test', replacementOf };
        const done = await unitOfWork.run(unit, (tx) => operations.skip(tx, how))();
        if (E.isRight(done)) skipped += 1;
        else {
          // What stands for a skipped event can only be redriven.
          expect(done.left._tag).to.equal('EventIsReplacement');
          await right(redrive);
        }
      };
      const operator = async (): Promise<void> => {
        for (const eventId of [...quarantined]) {
          quarantined.delete(eventId);
          const redrive = unitOfWork.run(unit, (tx) => operations.redrive(tx, eventId));
          if (skipped > 0 && random() < 0.5) await right(redrive);
          else await skip(eventId, redrive);
        }
      };

      let writing = true;
      const writers = Promise.all(
        Array.from({ length: 8 }, (_, index) => writer(keys.filter((_key, at) => at % 8 === index))),
      ).finally(() => {
        writing = false;
      });
      const done = (): boolean => !writing && [...committed].every(([key, last]) => sent.get(key) === last);
      for (let rounds = 0; rounds < 5_000 && (!done() || (await count("status <> 'COMPLETED'")) > 0); rounds += 1) {
        const lanes = Array.from({ length: LANES }, (_, lane) => drain(lane));
        await Promise.all(random() < 0.2 ? [operator(), ...lanes] : lanes);
      }
      await writers;

      expect(skipped).to.be.greaterThan(0);
      expect([...sent.values()]).to.deep.equal(keys.map(() => EVENTS_PER_KEY));
      expect(await count("status <> 'COMPLETED'")).to.equal(0);
      const blocks = await pool.use((connection) => connection.rows('SELECT order_id FROM outbox_blocks'));
      expect(blocks).to.deep.equal([]);
    }).timeout(60_000);

  it('given an epoch that moved on while a settlement was under way / then the settlement ends first or writes nothing', async () => {
    const key = randomUUID();
    await append(key, 1, 1);
    const lane = laneOf(key, LANES);
    const records = await claim(lane);
    await pool.use((connection) => connection.write('UPDATE relay_leases SET expires_at = NOW(6)'));
    const another = new MySqlRelayLeases(pool);
    const [settled, taken] = await Promise.all([
      relay.acknowledge(
        lease,
        lane,
        records.map((record) => ({ record, offset: 1 })),
      )(),
      eventually(async () => {
        const acquired = O.toUndefined(await right(another.acquire('relay', 'another', 60_000)));
        if (acquired === undefined) throw new Error('the settlement still holds the lease');
        return acquired;
      }),
    ]);
    expect(taken.epoch).to.be.greaterThan(lease.epoch);
    expect(await count("status = 'COMPLETED'")).to.equal(settled._tag === 'Right' ? 1 : 0);
    expect(
      await left(
        relay.acknowledge(
          lease,
          lane,
          records.map((record) => ({ record, offset: 1 })),
        ),
      ),
    ).to.include({
      _tag: 'LeaseLost',
    });
  });

  it('given a settlement that does not end / when its lease has expired / then it is not waited for, others are to be had, and no epoch is given before it ends', async () => {
    const leases = new MySqlRelayLeases(pool);
    await pool.use((connection) => connection.write('UPDATE relay_leases SET expires_at = NOW(6)'));
    let end = (): void => undefined;
    const frozen = new Promise<void>((resolve) => {
      end = resolve;
    });
    let locked = (): void => undefined;
    const holds = new Promise<void>((resolve) => {
      locked = resolve;
    });
    const settling = fencedUnit(unitOfWork, 'settle', lease, async () => {
      locked();
      await frozen;
    })();
    await holds;
    const startedAt = performance.now();
    expect(await right(leases.acquire('relay', 'another', 60_000))).to.deep.equal(O.none);
    expect(O.isSome(await right(leases.acquire('other', 'another', 60_000)))).to.equal(true);
    expect(performance.now() - startedAt, 'less than a lock wait').to.be.lessThan(1_000);
    end();
    expect(await settling).to.include({ _tag: 'Right' });
    expect(O.isSome(await right(leases.acquire('relay', 'another', 60_000)))).to.equal(true);
  });

  it('given a settlement that waits for a row / when its lease has expired / then no epoch is given before it ends', async () => {
    const key = randomUUID();
    await append(key, 1, 2);
    const lane = laneOf(key, LANES);
    const records = await claim(lane);
    const leases = new MySqlRelayLeases(pool);
    const waiting = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'";
    let settling: Promise<void> = Promise.resolve();
    await pool.use((connection) => connection.write('UPDATE relay_leases SET expires_at = NOW(6)'));
    await right(
      unitOfWork.run(unit, (tx) => async () => {
        await connectionOf(tx).rows('SELECT id FROM outbox WHERE id = ? FOR UPDATE', [records[1]?.id ?? 0]);
        settling = acknowledge(lane, records);
        await eventually(async () => {
          const [status] = await pool.use((connection) => connection.rows(waiting));
          expect(status).to.have.property('Value', '1');
        });
        expect(await right(leases.acquire('relay', 'another', 60_000))).to.deep.equal(O.none);
        return E.right(undefined);
      }),
    );
    await settling;
    expect(await count("status = 'COMPLETED'")).to.equal(2);
    expect(O.isSome(await right(leases.acquire('relay', 'another', 60_000)))).to.equal(true);
  });

  it('given events of several megabytes / then a claim brings what its limit of bytes allows, and payloads stay exact', async () => {
    const key = randomUUID();
    const lane = laneOf(key, LANES);
    const big = `"${'"\\🚚é'.repeat(400_000).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    const events = [1, 2, 3].map((sequence) => anEvent(key, sequence, { payload: big }));
    await right(unitOfWork.run(unit, (tx) => outbox.append(tx, events)));
    const limit = { records: 10, bytes: Buffer.byteLength(big) * 2 };
    const { records } = await right(relay.claim(lease, lane, limit));
    expect(records.map(({ sequence }) => sequence)).to.deep.equal([1, 2]);
    expect(records.every(({ payload }) => payload === big)).to.equal(true);
  });
});
