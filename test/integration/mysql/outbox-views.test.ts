import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import * as O from 'fp-ts/lib/Option.js';
import type { OutboxPage } from '../../../src/application/ports/outbox-queries.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import type { Lease } from '../../../src/application/ports/relay-lease.ts';
import type { OutboxEvent } from '../../../src/application/ports/outbox.ts';
import { MySqlAuditLog } from '../../../src/infrastructure/mysql/mysql-audit-log.ts';
import { MySqlOutboxOperations } from '../../../src/infrastructure/mysql/mysql-outbox-operations.ts';
import { MySqlOutboxQueries } from '../../../src/infrastructure/mysql/mysql-outbox-queries.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayLeases } from '../../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlTopicPins } from '../../../src/infrastructure/mysql/mysql-topic-pins.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';
import { left, right } from '../../port-suites/storage-under-test.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import type { TestDatabase } from '../../support/servers.ts';

const unit = { action: 'test', rerunAfterUnknownCommit: false };
const MICROSECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

describe('the outbox as operators see it, on a real MySQL', () => {
  const [published, failing] = [randomUUID(), randomUUID()];
  let database: TestDatabase;
  let pool: MySqlPool;
  let unitOfWork: MySqlUnitOfWork;
  let queries: MySqlOutboxQueries;
  let relay: MySqlRelayOutbox;
  let lease: Lease;
  let done: OutboxEvent;
  let head: OutboxEvent;
  let held: OutboxEvent;

  const only = (records: readonly OutboxRecord[], eventId: string): OutboxRecord => {
    const found = records.find((record) => record.eventId === eventId);
    if (found === undefined) throw new Error(`${eventId} was not claimed`);
    return found;
  };
  const claim = async (): Promise<readonly OutboxRecord[]> =>
    (await right(relay.claim(lease, 0, { records: 100, bytes: 1_000_000 }))).records;
  const ids = ({ entries }: OutboxPage): readonly string[] => entries.map(({ eventId }) => eventId);

  before(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
    unitOfWork = new MySqlUnitOfWork(pool);
    queries = new MySqlOutboxQueries(pool);
    relay = new MySqlRelayOutbox(pool, unitOfWork);
    const acquired = O.toUndefined(await right(new MySqlRelayLeases(pool).acquire('lane-0', 'test', 3_600_000)));
    if (acquired === undefined) throw new Error('the lease is taken');
    lease = acquired;
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  it('given an empty outbox / then no entries, zero counts and no oldest', async () => {
    expect(await right(queries.list({ limit: 10 }))).to.deep.equal({ entries: [], next: null });
    expect(await right(queries.stats())).to.deep.equal({
      pending: 0,
      held: 0,
      retrying: 0,
      quarantined: 0,
      completed: 0,
      oldestPendingMs: null,
    });
  });

  it('given one published event, one that retries and one held behind it / then lists, details and counts say so', async () => {
    done = anEvent(published, 1);
    head = anEvent(failing, 1, { payload: '{"a":"\\"🚚"}' });
    held = anEvent(failing, 2);
    const outbox = new MySqlOutbox({ laneOf: () => 0, maxEventBytes: 65_536 });
    await right(unitOfWork.run(unit, (tx) => outbox.append(tx, [done, head, held])));
    const claimed = await claim();
    await right(relay.acknowledge(lease, 0, [{ record: only(claimed, done.eventId), offset: 41 }]));
    await right(
      relay.recordFailure(
        lease,
        { record: only(claimed, head.eventId), error: 'MESSAGE_TOO_LARGE: 🚚' },
        { _tag: 'RetryAfter', delayMs: 60_000 },
      ),
    );

    expect(ids(await right(queries.list({ limit: 10 })))).to.deep.equal([held.eventId, head.eventId, done.eventId]);
    expect(ids(await right(queries.list({ limit: 1 })))).to.deep.equal([held.eventId]);
    expect(ids(await right(queries.list({ status: 'COMPLETED', limit: 10 })))).to.deep.equal([done.eventId]);
    expect(ids(await right(queries.list({ status: 'PENDING', limit: 10 })))).to.deep.equal([
      held.eventId,
      head.eventId,
    ]);
    expect(ids(await right(queries.list({ status: 'PENDING', orderId: published, limit: 10 })))).to.deep.equal([]);

    const [first, second] = await right(queries.ofOrder(failing));
    expect(first).to.include({ eventId: head.eventId, status: 'PENDING', attempts: 1, heldBy: null, partition: 0 });
    expect(first?.nextAttemptAt).to.match(MICROSECONDS);
    expect(second).to.include({ eventId: held.eventId, attempts: 0, heldBy: head.eventId, nextAttemptAt: null });
    const [publishedEntry] = await right(queries.ofOrder(published));
    expect(publishedEntry).to.include({ status: 'COMPLETED', partition: 0, offset: 41 });
    expect(publishedEntry?.publishedAt).to.match(MICROSECONDS);

    const detail = await right(queries.find(head.eventId));
    expect(detail).to.include({ payload: head.payload, lastError: 'MESSAGE_TOO_LARGE: 🚚' });
    expect(detail?.history.map(({ attempt, error }) => [attempt, error])).to.deep.equal([[1, 'MESSAGE_TOO_LARGE: 🚚']]);

    const { oldestPendingMs, ...counts } = await right(queries.stats());
    expect(counts).to.deep.equal({ pending: 2, held: 1, retrying: 1, quarantined: 0, completed: 1 });
    expect(oldestPendingMs).to.be.within(0, 60_000);
  });

  it('given IDs that nothing has, non-ASCII ones too / then nothing is found', async () => {
    for (const id of [randomUUID(), 'é', '', "' OR 1=1 -- "]) {
      expect(await right(queries.find(id))).to.equal(undefined);
      expect(await right(queries.ofOrder(id))).to.deep.equal([]);
    }
  });

  describe('redrive', () => {
    const operations = new MySqlOutboxOperations();

    it('given an event that is not quarantined, or unknown / then it is refused and nothing changes', async () => {
      for (const [eventId, status] of [
        [done.eventId, 'COMPLETED'],
        [head.eventId, 'PENDING'],
      ] as const)
        expect(await left(unitOfWork.run(unit, (tx) => operations.redrive(tx, eventId)))).to.deep.equal({
          _tag: 'EventNotQuarantined',
          eventId,
          status,
        });
      for (const eventId of [randomUUID(), 'é'])
        expect(await left(unitOfWork.run(unit, (tx) => operations.redrive(tx, eventId)))).to.deep.equal({
          _tag: 'EventNotFound',
          eventId,
        });
    });

    it('given a quarantined event / then it is listed, and redriven together with its audit row', async () => {
      await pool.use((connection) => connection.write('UPDATE outbox SET next_attempt_at = NOW(6) WHERE attempts = 1'));
      const record = only(await claim(), head.eventId);
      await right(relay.recordFailure(lease, { record, error: 'x'.repeat(2_000) }, { _tag: 'Quarantine' }));
      expect(ids(await right(queries.list({ status: 'QUARANTINED', limit: 10 })))).to.deep.equal([head.eventId]);
      expect(await right(queries.stats())).to.include({ quarantined: 1, pending: 1, held: 1, retrying: 0 });
      expect((await right(queries.find(head.eventId)))?.lastError).to.have.length(1_000);

      const audit = new MySqlAuditLog();
      const entry = { actor: 'Zoë', action: 'redrive', eventId: head.eventId, reason: null } as const;
      await right(
        unitOfWork.run(unit, (tx) => async () => {
          await right(operations.redrive(tx, head.eventId));
          return audit.record(tx, entry)();
        }),
      );
      expect((await right(queries.find(head.eventId)))?.status).to.equal('PENDING');
      expect(
        await pool.use((connection) => connection.rows('SELECT actor, action, event_id, reason FROM operator_audit')),
      ).to.deep.equal([{ actor: 'Zoë', action: 'redrive', event_id: head.eventId, reason: null }]);
    });
  });

  it('given a topic that is pinned / then the same partition count is taken and another refused, for ever', async () => {
    const pins = new MySqlTopicPins(pool);
    await right(pins.pin('orders.events.v1', 6));
    await right(pins.pin('orders.events.v1', 6));
    await right(pins.pin('another.topic', 3));
    expect(await left(pins.pin('orders.events.v1', 12))).to.deep.equal({
      _tag: 'TopicPartitionsChanged',
      topic: 'orders.events.v1',
      pinned: 6,
      found: 12,
    });
    await right(pins.pin('orders.events.v1', 6));
  });
});
