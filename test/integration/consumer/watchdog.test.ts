import { expect } from 'chai';
import { Kafka, logLevel } from 'kafkajs';
import type { Consumer, ConsumerConfig } from 'kafkajs';
import type { ConsumedRecord } from '../../../src/application/ports/consumed-record.ts';
import { systemClock } from '../../../src/infrastructure/clock.ts';
import { recordReader } from '../../../src/infrastructure/kafka/kafka-consumer-record.ts';
import { KafkaConsumer } from '../../../src/infrastructure/kafka/kafka-consumer.ts';
import { KafkaTopicOffsets } from '../../../src/infrastructure/kafka/kafka-topic-offsets.ts';
import { CE_SOURCE } from '../../../src/interfaces/contract/envelope.ts';
import { silentConsumerObserver } from '../../../src/infrastructure/in-memory/silent-consumer-observer.ts';
import { eventually } from '../../support/eventually.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestTopic } from '../../support/servers.ts';
import { asMessages, lifeOf, newOrderId } from './order-lifecycle.ts';

/** The first consumer it makes has the fault given; the others work. */
class FaultyKafka extends Kafka {
  made = 0;

  constructor(private readonly fault: (consumer: Consumer) => Consumer) {
    super({ brokers: [...kafkaBrokers()], clientId: 'watchdog', logLevel: logLevel.NOTHING });
  }

  override consumer(config: ConsumerConfig): Consumer {
    const consumer = super.consumer(config);
    this.made += 1;
    return this.made === 1 ? this.fault(consumer) : consumer;
  }
}

/** Heartbeats go on, records never arrive. */
const silent = (consumer: Consumer): Consumer => ({
  ...consumer,
  run: (config) => consumer.run({ ...config, eachBatch: () => Promise.resolve() }),
});

/** Ends for good at the first batch, as it does after a TypeError in its own code. */
const crashing = (consumer: Consumer): Consumer => ({
  ...consumer,
  run: (config) => consumer.run({ ...config, eachBatch: () => Promise.reject(new TypeError('in the client')) }),
});

describe('a Kafka client that no longer works', function () {
  this.timeout(60_000);
  let topic: TestTopic;
  let consumer: KafkaConsumer | undefined;
  beforeEach(async () => {
    topic = await freshTopic({ partitions: 2 });
  });
  afterEach(async () => {
    await consumer?.stop();
    await topic.drop();
  });

  const cases = [
    ['stands still with something to read', silent, 'stall'],
    ['crashed', crashing, 'crash'],
  ] as const;
  for (const [name, fault, because] of cases)
    it(`given one that ${name} / then it is replaced, and consuming goes on`, async () => {
      const kafka = new FaultyKafka(fault);
      const producer = kafka.producer();
      await producer.connect();
      const messages = asMessages(lifeOf(newOrderId())).map(({ key, value, headers }) => ({
        key,
        value,
        headers: { ...headers },
      }));
      await producer.send({ topic: topic.name, messages });
      await producer.disconnect();

      const taken: ConsumedRecord[] = [];
      const restarts: string[] = [];
      const observer = { ...silentConsumerObserver, restarted: (why: string) => void restarts.push(why) };
      consumer = new KafkaConsumer(kafka, new KafkaTopicOffsets(kafka, topic.name, `group-${topic.name}`), {
        topic: topic.name,
        read: recordReader(topic.name, CE_SOURCE),
        groupId: `group-${topic.name}`,
        process: (records) => {
          taken.push(...records);
          return Promise.resolve({ _tag: 'Done', taken: records.length });
        },
        observer,
        clock: systemClock,
        random: { next: () => 0.5 },
        concurrency: 2,
        watchMs: 100,
        stallMs: 2_000,
      });
      consumer.start();
      await eventually(() => expect(taken).to.have.length(4), 30_000);
      // On a busy machine joining may take as long as the short time of this test, and count as one more.
      expect(new Set(restarts)).to.deep.equal(new Set([because]));
      expect(kafka.made).to.equal(restarts.length + 1);
    });
});
