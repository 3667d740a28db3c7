import { randomUUID } from 'node:crypto';
import * as t from 'io-ts';
import { laneOf } from '../../../src/application/relay/lanes.ts';
import { Relay } from '../../../src/application/relay/relay.ts';
import type { RelaySettings } from '../../../src/application/relay/relay-settings.ts';
import { systemClock } from '../../../src/infrastructure/clock.ts';
import { KafkaPublisher } from '../../../src/infrastructure/kafka/kafka-publisher.ts';
import { kafkaJsPublishingClient } from '../../../src/infrastructure/kafka/kafkajs-publishing-client.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import { MySqlOutboxOperations } from '../../../src/infrastructure/mysql/mysql-outbox-operations.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayLeases } from '../../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { Recorder } from '../../application/relay/relay-house.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { setTopicLimit } from '../../support/topic-limit.ts';
import { KafkaProxy } from '../kafka/kafka-proxy.ts';
import type { LoggedRecord } from '../kafka/topic-log.ts';
import { readTopic } from '../kafka/topic-log.ts';

export const LANES = 6;

const Row = t.type({
  event_id: t.string,
  order_id: t.string,
  sequence: t.number,
  status: t.string,
  attempts: t.number,
  payload: t.string,
  kafka_partition: t.number,
  kafka_offset: t.union([t.number, t.null]),
});
export type Row = t.TypeOf<typeof Row>;

const unit = { action: 'test', rerunAfterUnknownCommit: false };

/** A real relay between a MySQL database and a Kafka topic of its own; the broker is reached through a proxy. */
export class RelayUnderTest {
  readonly observer = new Recorder();
  private readonly relays: Relay[] = [];
  private readonly publishers: KafkaPublisher[] = [];
  private readonly unitOfWork: MySqlUnitOfWork;
  private readonly outbox = new MySqlOutbox({ laneOf: (key) => laneOf(key, LANES), maxEventBytes: 16_000_000 });

  private constructor(
    private readonly database: TestDatabase,
    private readonly pool: MySqlPool,
    readonly topic: TestTopic,
    readonly proxy: KafkaProxy,
  ) {
    this.unitOfWork = new MySqlUnitOfWork(pool);
  }

  static async open(maxMessageBytes = 65_536): Promise<RelayUnderTest> {
    const database = await migratedDatabase();
    const topic = await freshTopic({ partitions: LANES, config: { 'max.message.bytes': String(maxMessageBytes) } });
    const proxy = await KafkaProxy.start(kafkaBrokers()[0] ?? '');
    return new RelayUnderTest(database, testPool(database.url), topic, proxy);
  }

  startRelay(settings: Partial<RelaySettings> = {}): Relay {
    const options = {
      brokers: [this.proxy.address],
      clientId: 'test-relay',
      topic: this.topic.name,
      requestTimeoutMs: 2_000,
      produceTimeoutMs: 1_500,
    };
    const publisher = new KafkaPublisher(options, kafkaJsPublishingClient(options));
    const relay = new Relay(
      {
        outbox: new MySqlRelayOutbox(this.pool, this.unitOfWork),
        leases: new MySqlRelayLeases(this.pool),
        publisher,
        clock: systemClock,
        random: { next: Math.random },
        observer: this.observer,
      },
      {
        owner: `test-${randomUUID()}`,
        lanes: LANES,
        leaseMs: 4_000,
        publishTimeoutMs: 2_000,
        pollMinMs: 10,
        pollMaxMs: 100,
        batchRecords: 100,
        retry: { baseMs: 5, capMs: 50 },
        ...settings,
      },
    );
    this.publishers.push(publisher);
    this.relays.push(relay);
    relay.start();
    return relay;
  }

  /** Commits the events `from` to `to` of an order in one transaction. */
  append(orderKey: string, from: number, to: number, payload = '{"sum":"12 €"}'): Promise<void> {
    const events = Array.from({ length: to - from + 1 }, (_, index) => anEvent(orderKey, from + index, { payload }));
    return right(this.unitOfWork.run(unit, (tx) => this.outbox.append(tx, events)));
  }

  redrive(eventId: string): Promise<void> {
    return right(this.unitOfWork.run(unit, (tx) => new MySqlOutboxOperations().redrive(tx, eventId)));
  }

  rows(): Promise<readonly Row[]> {
    const columns = 'event_id, order_id, sequence, status, attempts, payload, kafka_partition, kafka_offset';
    return this.pool.use(async (connection) =>
      decodeRows(Row, await connection.rows(`SELECT ${columns} FROM outbox ORDER BY id`)),
    );
  }

  log(): Promise<readonly LoggedRecord[]> {
    return readTopic(this.topic.name);
  }

  /** Sequences of one order, in the order of the log. */
  async sequencesOf(orderKey: string): Promise<readonly number[]> {
    const records = (await this.log()).filter(({ message }) => message.key?.toString() === orderKey);
    return records.map(({ message }) => Number(message.headers?.['ce_sequence']?.toString()));
  }

  raiseTopicLimit(maxMessageBytes: number): Promise<void> {
    return setTopicLimit(this.topic.name, maxMessageBytes);
  }

  async close(): Promise<void> {
    await Promise.all(this.relays.map((relay) => relay.stop(3_000)));
    await Promise.all(this.publishers.map((publisher) => publisher.close()));
    await this.proxy.stop();
    await this.pool.end();
    await this.database.drop();
    await this.topic.drop();
  }
}
