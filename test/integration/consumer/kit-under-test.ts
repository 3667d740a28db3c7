import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin, Producer } from 'kafkajs';
import * as R from 'fp-ts/lib/Record.js';
import * as t from 'io-ts';
import { createConsumer } from '../../../src/consumer-kit.ts';
import type {
  ConsumerDefinition,
  ConsumerOverrides,
  ConsumerProcess,
  ConsumerSettings,
  EventHandlers,
  HandlerContext,
  ReceivedEvent,
} from '../../../src/consumer-kit.ts';
import { catalog } from '../../../src/domain/order/events/catalog.ts';
import { OrderProgressView } from './order-progress-view.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { decoded } from '../../support/decoded.ts';
import { testPool } from '../../support/mysql-storage.ts';
import { freshDatabase, freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { StubApi } from './stub-api.ts';
import type { RawMessage } from './order-lifecycle.ts';

/** Table `effects`, as participants have it. */
const MIGRATIONS = join(import.meta.dirname, '../../../simulator/participants/payment/migrations');

export type Effect = (event: ReceivedEvent, context: HandlerContext) => Promise<unknown>;

/** Notes that the event had its effect. */
export const noteEffect: Effect = ({ eventId, orderId, sequence, type }, { tx }) =>
  tx.execute("INSERT INTO effects (consumer, event_id, order_id, sequence, kind) VALUES ('test', ?, ?, ?, ?)", [
    eventId,
    orderId,
    sequence,
    type,
  ]);

/** The same for every event type. */
export const onEvery = (effect: Effect): EventHandlers => R.map(() => effect)(catalog);

const Effects = t.strict({ eventId: t.string, orderId: t.string, sequence: t.number, kind: t.string });

/** A database, a topic and a stub of the order service; consumers are started on them as often as a test likes. */
export class KitUnderTest {
  readonly api = new StubApi();
  private readonly running = new Set<ConsumerProcess>();

  private constructor(
    readonly database: TestDatabase,
    readonly topic: TestTopic,
    readonly kafka: Kafka,
    readonly pool: MySqlPool,
    private readonly producer: Producer,
  ) {}

  static async open(options: Parameters<typeof freshTopic>[0] = {}): Promise<KitUnderTest> {
    const [database, topic] = await Promise.all([freshDatabase('kit'), freshTopic({ partitions: 1, ...options })]);
    const kafka = new Kafka({ brokers: [...kafkaBrokers()], clientId: 'test', logLevel: logLevel.NOTHING });
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const kit = new KitUnderTest(database, topic, kafka, testPool(database.url), producer);
    await kit.api.open();
    return kit;
  }

  settings(more: Partial<ConsumerSettings> = {}): ConsumerSettings {
    return {
      mysql: { url: this.database.url, connections: 12, acquireTimeoutMs: 1_000, queryTimeoutMs: 5_000 },
      kafka: { brokers: kafkaBrokers(), topic: this.topic.name, requestTimeoutMs: 5_000 },
      callbackUrl: this.api.url,
      http: { host: '127.0.0.1', port: 0 },
      inboxRetentionMs: 86_400_000,
      janitorEveryMs: 600_000,
      shutdownDeadlineMs: 10_000,
      logLevel: 'silent',
      failpoint: undefined,
      faultsOnSignal: [],
      ...more,
    };
  }

  /** A consumer named `test` whose every handler is `noteEffect`, but for what `more` says. */
  async start(
    more: Partial<ConsumerDefinition> = {},
    settings: Partial<ConsumerSettings> = {},
    overrides: ConsumerOverrides = {},
  ): Promise<ConsumerProcess> {
    const definition = {
      name: 'test',
      group: `test-${this.topic.name}`,
      migrations: MIGRATIONS,
      handlers: onEvery(noteEffect),
      ...more,
    };
    const consumer = createConsumer(definition, this.settings(settings), overrides);
    this.running.add(consumer);
    await consumer.start();
    return consumer;
  }

  consumers(): readonly ConsumerProcess[] {
    return [...this.running];
  }

  async stop(consumer: ConsumerProcess): Promise<void> {
    this.running.delete(consumer);
    await consumer.stop();
  }

  /** To partition 0 unless another one is given, in one batch. Answers the offset of the first. */
  async produce(messages: readonly RawMessage[], partition = 0): Promise<number> {
    const [answer] = await this.producer.send({
      topic: this.topic.name,
      acks: -1,
      messages: messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers }, partition })),
    });
    return Number(answer?.baseOffset);
  }

  /** In the order in which they were written. */
  async effects(orderId?: string): Promise<readonly t.TypeOf<typeof Effects>[]> {
    const sql = 'SELECT event_id AS eventId, order_id AS orderId, sequence, kind FROM effects ORDER BY id';
    const rows = decodeRows(Effects, await this.pool.use((connection) => connection.rows(sql)));
    return orderId === undefined ? rows : rows.filter((row) => row.orderId === orderId);
  }

  async rows<A>(row: t.Type<A, unknown>, sql: string): Promise<readonly A[]> {
    return decodeRows(row, await this.pool.use((connection) => connection.rows(sql)));
  }

  async progress(consumer: ConsumerProcess, orderId: string): Promise<OrderProgressView> {
    const response = await fetch(`http://127.0.0.1:${consumer.port}/progress/${orderId}`);
    return decoded(OrderProgressView, await response.json());
  }

  /** Value of a metric without labels. */
  async metric(consumer: ConsumerProcess, name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${consumer.port}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`orderly_consumer_${name} `));
    return Number(line?.split(' ')[1]);
  }

  /** Offset the group has committed on partition 0; -1 when none. */
  committed(group = `test-${this.topic.name}`): Promise<number> {
    return this.withAdmin(async (admin) => {
      const [answer] = await admin.fetchOffsets({ groupId: group, topics: [this.topic.name] });
      return Number(answer?.partitions.find(({ partition }) => partition === 0)?.offset ?? -1);
    });
  }

  /** On partition 0, as retention does it. */
  deleteRecordsBefore(offset: number): Promise<void> {
    const topic = this.topic.name;
    return this.withAdmin(async (admin) => {
      // The client finds no leader for a topic it was not asked about before.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    });
  }

  private async withAdmin<A>(act: (admin: Admin) => Promise<A>): Promise<A> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await act(admin);
    } finally {
      await admin.disconnect();
    }
  }

  async close(): Promise<void> {
    for (const consumer of this.running) await consumer.stop();
    await this.producer.disconnect();
    await this.api.close();
    await this.pool.end();
    await this.topic.drop();
    await this.database.drop();
  }
}
