import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkStored } from '../../../simulator/checker/check-stored.ts';
import { EvidenceCollector } from '../../../simulator/checker/collect-evidence.ts';
import type { ClientOperation } from '../../../simulator/checker/evidence.ts';
import { partitionOf } from '../../../simulator/checker/murmur2.ts';
import type { CheckResult } from '../../../simulator/checker/verdict.ts';
import { PurgeOutbox } from '../../../src/application/operations/purge-outbox.ts';
import { MySqlAuditLog } from '../../../src/infrastructure/mysql/mysql-audit-log.ts';
import { MySqlOutboxRetention } from '../../../src/infrastructure/mysql/mysql-outbox-retention.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { eventually } from '../../support/eventually.ts';
import { testPool } from '../../support/mysql-storage.ts';
import { freshDatabase, freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { execute, migrateByHand } from './plain-sql.ts';
import { produce, withAdmin } from './raw-kafka.ts';

/*
 * What the service's own purge leaves behind, judged from the real tables. The events are written by plain SQL, so
 * that they can be two hours old; only the purge is the service's.
 */

const HOUR_MS = 3_600_000;
const PARTITIONS = 6;
const PAYLOAD = '{}';
const FAILED_BY_A_ROW_DELETED_BY_HAND = [1, 16, 17];

interface PublishedOrder {
  readonly orderId: string;
  readonly eventId: string;
  readonly partition: number;
  readonly offset: number;
  /** When it was placed and its only event published. */
  readonly at: number;
}

/** Orders with one event each, placed at these times. */
const ordersPlacedAt = (times: readonly number[]): readonly PublishedOrder[] => {
  const nextOffset = new Array<number>(PARTITIONS).fill(0);
  return times.map((at) => {
    const orderId = randomUUID();
    const partition = partitionOf(orderId, PARTITIONS);
    const offset = nextOffset[partition] ?? 0;
    nextOffset[partition] = offset + 1;
    return { orderId, eventId: randomUUID(), partition, offset, at };
  });
};

const sqlTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '000');

const insertPublished = async (
  url: string,
  { orderId, eventId, partition, offset, at }: PublishedOrder,
): Promise<void> => {
  const time = sqlTime(at);
  await execute(
    url,
    `INSERT INTO orders (order_id, version, status, customer_id, currency, total_minor, placed_at)
     VALUES (?, 1, 'placed', ?, 'EUR', 1000, ?)`,
    [orderId, `customer of ${orderId}`, time],
  );
  await execute(
    url,
    `INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, status,
                         created_at, published_at, kafka_partition, kafka_offset)
     VALUES (?, ?, 1, 'OrderPlaced', 1, ?, ?, '{}', 'COMPLETED', ?, ?, ?, ?)`,
    [eventId, orderId, time, PAYLOAD, time, time, partition, offset],
  );
};

const insertApplied = async (
  url: string,
  topic: string,
  { orderId, eventId, partition, offset }: PublishedOrder,
): Promise<void> => {
  await execute(
    url,
    `INSERT INTO inbox (consumer, event_id, order_id, sequence, type, fingerprint, skipped, topic, kafka_partition,
                        kafka_offset)
     VALUES ('payment', ?, ?, 1, 'OrderPlaced', 'f', false, ?, ?, ?)`,
    [eventId, orderId, topic, partition, offset],
  );
  await execute(url, "INSERT INTO inbox_orders (consumer, order_id, last_sequence) VALUES ('payment', ?, 1)", [
    orderId,
  ]);
  await execute(
    url,
    "INSERT INTO effects (consumer, event_id, order_id, sequence, kind) VALUES ('payment', ?, ?, 1, 'charge')",
    [eventId, orderId],
  );
};

const publish = (topic: string, orders: readonly PublishedOrder[]): Promise<void> =>
  produce(
    topic,
    orders.map(({ orderId, eventId, partition, at }) => ({
      key: orderId,
      value: PAYLOAD,
      partition,
      headers: {
        ce_id: eventId,
        ce_type: 'OrderPlaced',
        ce_source: '/orderly/orders',
        ce_specversion: '1.0',
        ce_time: new Date(at).toISOString(),
        ce_subject: orderId,
        ce_partitionkey: orderId,
        ce_sequence: '0000000001',
        ce_dataschema: 'urn:orderly:order-placed:1',
        'content-type': 'application/json',
      },
    })),
  );

const placedBy = ({ orderId, at }: PublishedOrder, index: number): ClientOperation => ({
  index,
  kind: 'place',
  idempotencyKey: `key of ${orderId}`,
  orderId,
  marker: `customer of ${orderId}`,
  invokedAt: at,
  completedAt: at,
  sent: 1,
  outcome: 'ok',
  status: 201,
  totalMinor: 1_000,
});

describe('a purge, judged from the real tables', () => {
  let service: TestDatabase;
  let payment: TestDatabase;
  let topic: TestTopic;
  let orders: readonly PublishedOrder[];
  let startedAt: number;

  beforeEach(async () => {
    service = await freshDatabase('checker');
    payment = await freshDatabase('checker');
    topic = await freshTopic({ partitions: PARTITIONS });
    await migrateByHand(service.url, 'src/infrastructure/mysql/migrations');
    await migrateByHand(
      payment.url,
      'src/infrastructure/mysql-consumer/migrations',
      'simulator/participants/payment/migrations',
    );
    const now = Date.now();
    startedAt = now - 2 * HOUR_MS;
    orders = ordersPlacedAt([startedAt, startedAt + 1, now]);
    for (const order of orders) {
      await insertPublished(service.url, order);
      await insertApplied(payment.url, topic.name, order);
    }
    await publish(topic.name, orders);
  });
  afterEach(async () => {
    await topic.drop();
    await service.drop();
    await payment.drop();
  });

  const purge = async (): Promise<number> => {
    const pool = testPool(service.url);
    try {
      const retention = new MySqlOutboxRetention(pool);
      const janitor = new PurgeOutbox({ unitOfWork: new MySqlUnitOfWork(pool), retention, audit: new MySqlAuditLog() });
      const request = { actor: 'janitor', olderThanMs: HOUR_MS, limit: Infinity, dryRun: false, recordsIdleRun: true };
      return (await right(janitor.handle(request))).rows;
    } finally {
      await pool.end();
    }
  };

  /** Reads tables and topic as they are now. */
  const judge = async (): Promise<CheckResult> => {
    const groupId = `checker-test-${randomUUID()}`;
    const ends = await withAdmin((admin) => admin.fetchTopicOffsets(topic.name));
    await withAdmin((admin) =>
      admin.setOffsets({
        groupId,
        topic: topic.name,
        partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
      }),
    );
    const directory = await mkdtemp(join(tmpdir(), 'checker-'));
    const collector = await EvidenceCollector.start(
      {
        mysqlUrl: service.url,
        kafkaBrokers: kafkaBrokers(),
        topic: topic.name,
        consumers: [{ name: 'payment', mysqlUrl: payment.url, groupId }],
      },
      directory,
    );
    try {
      await eventually(() => expect(collector.progress().backlog).not.to.equal(undefined));
      const evidence = await collector.finish({
        seed: 1,
        startedAt,
        finishedAt: Date.now(),
        ordersRequested: orders.length,
        closedLoop: false,
        history: { rows: orders.map(placedBy), missing: [] },
        faults: { rows: [], missing: [] },
        injected: { rows: [], missing: [] },
      });
      return (await checkStored(evidence, () => [])).result;
    } finally {
      await collector.stop();
      await rm(directory, { recursive: true });
    }
  };

  it('passes, and a row that went otherwise fails the invariants on retention, versions and counts', async () => {
    expect(await purge()).to.equal(2);
    const purged = await judge();
    // No relay was at work, so nothing was seen of leases.
    expect(
      purged.invariants.filter(({ verdict }) => verdict !== 'pass').map(({ id, doubts }) => [id, ...doubts]),
    ).to.deep.equal([[15, 'nothing was observed that could be checked']]);
    expect(purged.invariants.find(({ id }) => id === 17)?.notes).to.deep.equal(['removed by purges: 2 rows']);

    await execute(service.url, 'DELETE FROM outbox WHERE event_id = ?', [orders[2]?.eventId ?? '']);
    const robbed = await judge();
    expect(robbed.invariants.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)).to.deep.equal(
      FAILED_BY_A_ROW_DELETED_BY_HAND,
    );
    const retention = robbed.invariants.find(({ id }) => id === 17)?.counterexample;
    expect(retention).to.include({ orderId: orders[2]?.orderId, eventId: orders[2]?.eventId });
    expect(retention?.summary).to.equal('The row of event 1 is gone before its time.');
  });
});
