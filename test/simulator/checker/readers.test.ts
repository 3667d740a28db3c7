import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { IHeaders } from 'kafkajs';
import { checkStored } from '../../../simulator/checker/check-stored.ts';
import type { StoredCheck } from '../../../simulator/checker/check-stored.ts';
import { EvidenceCollector } from '../../../simulator/checker/collect-evidence.ts';
import type { ClientOperation, Evidence, LogRecord } from '../../../simulator/checker/evidence.ts';
import { partitionOf } from '../../../simulator/checker/murmur2.ts';
import { LogTail } from '../../../simulator/checker/readers/log-tail.ts';
import { OutboxWatch } from '../../../simulator/checker/readers/outbox-watch.ts';
import { sha256 } from '../../../simulator/checker/readers/read-record.ts';
import { readServiceTables } from '../../../simulator/checker/readers/service-tables.ts';
import { Spill } from '../../../simulator/checker/spill/spill.ts';
import { StoredEvidence } from '../../../simulator/checker/spill/stored-evidence.ts';
import { freshDatabase, freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { aRun, only } from './evidence-builder.ts';
import { execute, migrateByHand } from './plain-sql.ts';
import { produce, withAdmin } from './raw-kafka.ts';
import { frameOf } from './stored-of.ts';

/*
 * The checker's own eyes on a real MySQL and a real Kafka. The tables are made from the migration files and filled
 * by plain SQL, the records are produced raw: nothing of the system under test has a hand in it.
 */

const ORDER = '01890000-0000-7000-8000-000000000001';
const EVENT = '01890000-0000-7000-8000-0000000000e1';
const CREATED = Date.UTC(2026, 0, 31, 9, 30, 0, 123);
const PAYLOAD = '{"customerId":"Zoë 🦊","n":1}';
const PARTITION = partitionOf(ORDER, 6);

const headers: IHeaders = {
  ce_id: EVENT,
  ce_type: 'OrderPlaced',
  ce_source: '/orderly/orders',
  ce_specversion: '1.0',
  ce_time: '2026-01-31T09:30:00.123Z',
  ce_subject: ORDER,
  ce_partitionkey: ORDER,
  ce_sequence: '0000000001',
  ce_dataschema: 'urn:orderly:order-placed:1',
  'content-type': 'application/json',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

const insertOrder = (url: string): Promise<void> =>
  execute(
    url,
    `INSERT INTO orders (order_id, version, status, customer_id, currency, total_minor, placed_at)
     VALUES (?, 1, 'placed', 'customer-1', 'EUR', 1000, '2026-01-31 09:30:00.123000')`,
    [ORDER],
  );
const insertEvent = (url: string, offset: number | null): Promise<void> =>
  execute(
    url,
    `INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, status,
                         created_at, published_at, kafka_partition, kafka_offset)
     VALUES (?, ?, 1, 'OrderPlaced', 1, '2026-01-31 09:30:00.123000', ?, ?, ?, UTC_TIMESTAMP(6),
             IF(? IS NULL, NULL, UTC_TIMESTAMP(6)), ?, ?)`,
    [
      EVENT,
      ORDER,
      PAYLOAD,
      JSON.stringify({ traceparent: headers['traceparent'] }),
      offset === null ? 'PENDING' : 'COMPLETED',
      offset,
      PARTITION,
      offset,
    ],
  );

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const giveUpAt = Date.now() + 15_000;
  while (!holds()) {
    if (Date.now() > giveUpAt) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const withDirectory = async <A>(act: (directory: string) => Promise<A>): Promise<A> => {
  const directory = await mkdtemp(join(tmpdir(), 'checker-'));
  try {
    return await act(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** What the reader of the service's tables puts into its sink and tells besides. */
const tablesOf = (url: string): Promise<Evidence> =>
  withDirectory(async (directory) => {
    const spill = new Spill(directory);
    const { purges } = await readServiceTables(url, spill);
    const stored = new StoredEvidence(
      { ...frameOf(aRun()), purges: { rows: purges, missing: [] } },
      [spill],
      directory,
    );
    return stored.whole();
  });

describe('the checker’s reader of the service’s tables', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase('checker');
    await migrateByHand(database.url, 'src/infrastructure/mysql/migrations');
    await insertOrder(database.url);
    await insertEvent(database.url, 4);
  });
  after(() => database.drop());

  it('reads rows with microseconds and hashes the payload’s UTF-8 bytes', async () => {
    const { orders, outbox } = await tablesOf(database.url);
    expect(only(orders.rows)).to.include({ orderId: ORDER, version: 1, totalMinor: 1_000, placedAt: CREATED });
    expect(only(outbox.rows)).to.deep.include({
      eventId: EVENT,
      payloadSha256: sha256(PAYLOAD),
      payloadBytes: Buffer.byteLength(PAYLOAD),
      headers: { traceparent: headers['traceparent'] },
      occurredAt: CREATED,
      offset: 4,
      partition: PARTITION,
    });
  });

  it('keeps microseconds apart', async () => {
    await execute(database.url, "UPDATE outbox SET created_at = '2026-01-31 09:30:00.123457'");
    const { outbox } = await tablesOf(database.url);
    expect(only(outbox.rows).createdAt).to.equal(CREATED + 0.457);
  });

  it('tells headers that are no object of texts by null', async () => {
    await execute(database.url, "UPDATE outbox SET headers = '[1]'");
    const { outbox } = await tablesOf(database.url);
    expect(only(outbox.rows).headers).to.equal(null);
  });

  it('reads what the purges say of themselves', async () => {
    await execute(
      database.url,
      `INSERT INTO outbox_purges (at, actor, cutoff, purged_rows)
       VALUES (UTC_TIMESTAMP(6), 'janitor', '2026-01-31 09:30:00.123000', 3)`,
    );
    const { purges } = await tablesOf(database.url);
    expect(only(purges.rows)).to.deep.include({ actor: 'janitor', cutoff: CREATED, purgedRows: 3 });
  });

  it('reads every row of a table that takes several chunks', async () => {
    await execute(
      database.url,
      `INSERT INTO orders (order_id, version, status, customer_id, currency, total_minor, placed_at)
       WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 900)
       SELECT CONCAT('many-', a.n, '-', b.n), 1, 'placed', 'customer-1', 'EUR', 1000, '2026-01-31 09:30:00.123000'
       FROM numbers a JOIN numbers b ON b.n <= 12`,
    );
    const { orders } = await tablesOf(database.url);
    expect(new Set(orders.rows.map(({ orderId }) => orderId)).size).to.equal(10_801);
    expect(orders.rows).to.have.lengthOf(10_801);
  });

  it('rejects when the database is not there', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    const failure = await tablesOf(url.toString()).catch((cause: unknown) => cause);
    expect(failure).to.be.instanceOf(Error);
  });
});

describe('the checker’s watch of the outbox', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase('checker');
    await migrateByHand(database.url, 'src/infrastructure/mysql/migrations');
  });
  after(() => database.drop());

  it('sees what waits, what is quarantined, and every change of a lease', async () => {
    await insertEvent(database.url, null);
    const watch = new OutboxWatch({ mysqlUrl: database.url }, 6, 20);
    try {
      await until('a pending event', () => watch.latest?.pending === 1);
      await execute(database.url, "INSERT INTO relay_leases VALUES ('lane-0', 'a', 1, UTC_TIMESTAMP(6))");
      await execute(database.url, "UPDATE outbox SET status = 'QUARANTINED', attempts = 7");
      await until('a quarantined event', () => watch.latest?.quarantined === 1);
      await execute(database.url, "UPDATE relay_leases SET owner = 'b', epoch = 2");
      await execute(database.url, "UPDATE outbox SET status = 'PENDING', held_by = 1");
      await until('a held event', () => watch.latest?.held === 1);
    } finally {
      const seen = await watch.stop();
      expect(only(seen.quarantines.rows).eventId).to.equal(EVENT);
      expect(seen.leases.rows.map(({ owner, epoch }) => [owner, epoch])).to.deep.equal([
        ['a', 1],
        ['b', 2],
      ]);
      expect(seen.backlog.missing).to.deep.equal([]);
    }
  });

  it('given the database is lost and another takes its place / then it goes on there', async () => {
    const lost = await freshDatabase('checker');
    await migrateByHand(lost.url, 'src/infrastructure/mysql/migrations');
    const next = await freshDatabase('checker');
    await migrateByHand(next.url, 'src/infrastructure/mysql/migrations');
    await insertEvent(next.url, null);
    const moving = { mysqlUrl: lost.url };
    const watch = new OutboxWatch(moving, 6, 20);
    try {
      await until('a look at the first', () => watch.latest?.pending === 0);
      moving.mysqlUrl = next.url;
      await lost.drop();
      await until('a look at the next', () => watch.latest?.pending === 1);
    } finally {
      await watch.stop();
      await next.drop();
    }
  });

  it('says so when it never saw the outbox', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    const watch = new OutboxWatch({ mysqlUrl: url.toString() }, 6, 20);
    expect((await watch.stop()).backlog.missing).to.have.lengthOf(1);
  });
});

describe('the checker’s reader of the raw log', () => {
  let topic: TestTopic;
  beforeEach(async () => (topic = await freshTopic()));
  afterEach(() => topic.drop());

  let rows: LogRecord[];
  beforeEach(() => (rows = []));

  const start = (name: string): Promise<LogTail> =>
    LogTail.start(kafkaBrokers(), name, (record) => {
      rows.push(record);
    });
  const read = async (tail: LogTail): Promise<readonly string[]> => {
    const ends = await tail.ends();
    await tail.readTo(ends, 15_000);
    return tail.missing(ends);
  };

  it('keeps what was written before and after it began, whatever it is', async () => {
    await produce(topic.name, [{ key: ORDER, value: PAYLOAD, headers, partition: PARTITION }]);
    const tail = await start(topic.name);
    try {
      await produce(topic.name, [
        { key: null, value: null, partition: 0 },
        {
          key: 'k',
          value: Buffer.from([0xff]),
          headers: { twice: ['a', 'b'], bad: Buffer.from([0xff]) },
          partition: 1,
        },
      ]);
      const missing = await read(tail);
      expect(missing).to.deep.equal([]);
      expect(rows).to.have.lengthOf(3);
      const placed = only(rows.filter(({ key }) => key === ORDER));
      expect(placed).to.deep.include({ partition: PARTITION, offset: 0, valueSha256: sha256(PAYLOAD), headers });
      expect(placed.appendedAt).to.be.closeTo(Date.now(), 60_000);
      expect(only(rows.filter(({ key }) => key === null))).to.include({ valueSha256: null, valueBytes: 0 });
      expect(only(rows.filter(({ key }) => key === 'k')).headers).to.deep.equal({ twice: 'a\0b', bad: 'base64:/w==' });
    } finally {
      await tail.stop();
    }
  });

  it('leaves no consumer group behind', async () => {
    const groups = async (): Promise<readonly string[]> =>
      (await withAdmin((admin) => admin.listGroups())).groups.map(({ groupId }) => groupId);
    const before = await groups();
    const tail = await start(topic.name);
    await tail.stop();
    const left = (await groups()).filter((group) => group.startsWith('orderly-checker-') && !before.includes(group));
    expect(left).to.deep.equal([]);
  });

  it('names what was deleted before it came', async () => {
    await produce(topic.name, [
      { key: 'a', value: '1', partition: 2 },
      { key: 'a', value: '2', partition: 2 },
    ]);
    await withAdmin(async (admin) => {
      // Loads the metadata, without which the client refuses to delete.
      await admin.fetchTopicOffsets(topic.name);
      await admin.deleteTopicRecords({ topic: topic.name, partitions: [{ partition: 2, offset: '1' }] });
    });
    const tail = await start(topic.name);
    try {
      const missing = await read(tail);
      expect(rows).to.have.lengthOf(1);
      expect(missing).to.deep.equal(['partition 2 began at offset 1; what was before is gone']);
    } finally {
      await tail.stop();
    }
  });

  it('names offsets that it has not read', async () => {
    const tail = await start(topic.name);
    try {
      const ends = (await tail.ends()).map((end) => (end.partition === 3 ? { ...end, logEnd: 2 } : end));
      await tail.readTo(ends, 200);
      expect(tail.missing(ends)).to.deep.equal(['partition 3: 2 of the 2 offsets below 2 not read']);
    } finally {
      await tail.stop();
    }
  });

  it('says so when what it read could not be kept', async () => {
    await produce(topic.name, [{ key: 'a', value: '1', partition: 2 }]);
    const tail = await LogTail.start(kafkaBrokers(), topic.name, () => {
      throw new Error('no space left on device');
    });
    try {
      expect(await read(tail)).to.deep.equal(['records could not be kept: no space left on device']);
    } finally {
      await tail.stop();
    }
  });

  it('says so when the topic does not stamp records with LogAppendTime', async () => {
    const other = await freshTopic({ config: { 'message.timestamp.type': 'CreateTime' } });
    const tail = await start(other.name);
    try {
      expect((await read(tail)).join()).to.contain('CreateTime, not LogAppendTime');
    } finally {
      await tail.stop();
      await other.drop();
    }
  });
});

describe('the collector', () => {
  let service: TestDatabase;
  let payment: TestDatabase;
  let topic: TestTopic;
  const group = `checker-test-${randomBytes(4).toString('hex')}`;

  before(async () => {
    service = await freshDatabase('checker');
    payment = await freshDatabase('checker');
    topic = await freshTopic();
    await migrateByHand(service.url, 'src/infrastructure/mysql/migrations');
    await migrateByHand(
      payment.url,
      'src/infrastructure/mysql-consumer/migrations',
      'simulator/participants/payment/migrations',
    );
  });
  after(async () => {
    await topic.drop();
    await service.drop();
    await payment.drop();
  });

  const placed = (at: number): ClientOperation => ({
    index: 0,
    kind: 'place',
    idempotencyKey: 'key-1',
    orderId: ORDER,
    marker: 'customer-1',
    invokedAt: at,
    completedAt: at,
    sent: 1,
    outcome: 'ok',
    status: 201,
    totalMinor: 1_000,
  });

  it('gathers evidence of a good run on which every invariant but that of the leases holds', async () => {
    const startedAt = Date.now();
    const directory = await mkdtemp(join(tmpdir(), 'checker-'));
    const collector = await EvidenceCollector.start(
      {
        mysqlUrl: service.url,
        kafkaBrokers: kafkaBrokers(),
        topic: topic.name,
        consumers: [{ name: 'payment', mysqlUrl: payment.url, groupId: group }],
      },
      directory,
    );
    let checked: StoredCheck;
    try {
      await insertOrder(service.url);
      await insertEvent(service.url, 0);
      await produce(topic.name, [{ key: ORDER, value: PAYLOAD, headers, partition: PARTITION }]);
      const source = [topic.name, PARTITION];
      await execute(
        payment.url,
        `INSERT INTO inbox (consumer, event_id, order_id, sequence, type, fingerprint, skipped, topic, kafka_partition,
                            kafka_offset)
         VALUES ('payment', ?, ?, 1, 'OrderPlaced', 'f', false, ?, ?, 0)`,
        [EVENT, ORDER, ...source],
      );
      await execute(
        payment.url,
        "INSERT INTO inbox_orders (consumer, order_id, last_sequence) VALUES ('payment', ?, 1)",
        [ORDER],
      );
      await execute(
        payment.url,
        "INSERT INTO effects (consumer, event_id, order_id, sequence, kind) VALUES ('payment', ?, ?, 1, 'charge')",
        [EVENT, ORDER],
      );
      await withAdmin((admin) =>
        admin.setOffsets({ groupId: group, topic: topic.name, partitions: [{ partition: PARTITION, offset: '1' }] }),
      );
      await until('a sample of the outbox', () => collector.progress().backlog !== undefined);
      const evidence = await collector.finish({
        seed: 1,
        startedAt,
        finishedAt: Date.now(),
        ordersRequested: 1,
        closedLoop: false,
        history: { rows: [placed(startedAt)], missing: [] },
        faults: { rows: [], missing: [] },
        injected: { rows: [], missing: [] },
      });
      checked = await checkStored(evidence, () => [ORDER]);
      evidence.remove();
    } finally {
      await collector.stop();
    }
    expect(await readdir(directory)).to.deep.equal([]);
    await rm(directory, { recursive: true });
    expect(only(checked.excerpt.inbox.rows)).to.include({ eventId: EVENT, skipped: false });
    expect(only(checked.excerpt.committedOffsets.rows)).to.deep.equal({
      consumer: 'payment',
      partition: PARTITION,
      offset: 1,
    });
    const { invariants } = checked.result;
    expect(
      invariants.filter(({ verdict }) => verdict !== 'pass').map(({ id, doubts }) => [id, ...doubts]),
    ).to.deep.equal([[15, 'nothing was observed that could be checked']]);
  });

  it('names what it could not read instead of failing', async () => {
    const gone = await freshDatabase('checker');
    const directory = await mkdtemp(join(tmpdir(), 'checker-'));
    const collector = await EvidenceCollector.start(
      { mysqlUrl: gone.url, kafkaBrokers: kafkaBrokers(), topic: topic.name, consumers: [] },
      directory,
    );
    const evidence = await collector.finish({
      seed: null,
      startedAt: 0,
      finishedAt: 0,
      ordersRequested: 0,
      closedLoop: false,
      history: { rows: [], missing: [] },
      faults: { rows: [], missing: [] },
      injected: { rows: [], missing: [] },
    });
    await gone.drop();
    expect(evidence.frame.outbox.missing.join()).to.contain('the final reading failed');
    expect((await checkStored(evidence, () => [])).result.verdict).to.equal('unknown');
    evidence.remove();
    await rm(directory, { recursive: true });
  });

  it('names what it could not keep on disk instead of failing', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'checker-'));
    const collector = await EvidenceCollector.start(
      { mysqlUrl: service.url, kafkaBrokers: kafkaBrokers(), topic: topic.name, consumers: [] },
      directory,
    );
    const unanswered: ClientOperation = { ...placed(0), kind: 'pay', outcome: 'unknown', status: null };
    // Nothing can be written where the clients' history would lie.
    await writeFile(join(directory, only(await readdir(directory)), 'told'), '');
    const evidence = await collector.finish({
      seed: null,
      startedAt: 0,
      finishedAt: 0,
      ordersRequested: 1,
      closedLoop: false,
      history: { rows: Array.from({ length: 300 }, () => unanswered), missing: [] },
      faults: { rows: [], missing: [] },
      injected: { rows: [], missing: [] },
    });
    expect(evidence.frame.history.missing.join()).to.contain('could not be kept on disk');
    const { result } = await checkStored(evidence, () => []);
    evidence.remove();
    await rm(directory, { recursive: true });
    expect(result.invariants.find(({ id }) => id === 2)?.verdict).to.equal('unknown');
  });
});
