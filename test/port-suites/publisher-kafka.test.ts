import { expect } from 'chai';
import kafkajs from 'kafkajs';
import { KafkaPublisher } from '../../src/infrastructure/kafka/kafka-publisher.ts';
import type { MakePublishingClient } from '../../src/infrastructure/kafka/publishing-client.ts';
import { readTopicConfig } from '../../src/infrastructure/kafka/read-topic-config.ts';
import { KafkaProxy, PRODUCE } from '../integration/kafka/kafka-proxy.ts';
import { publishingClients } from '../integration/kafka/publishing-clients.ts';
import { readTopic } from '../integration/kafka/topic-log.ts';
import { eventually } from '../support/eventually.ts';
import { freshTopic, kafkaBrokers } from '../support/servers.ts';
import { publisherSuite, TOPIC_BYTES } from './publisher.suite.ts';
import type { PublisherUnderTest, Weather } from './publisher.suite.ts';

// kafkajs is CommonJS: some of these names cannot be imported by an ES module.
const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

const setTopicLimit = async (topic: string, bytes: number): Promise<void> => {
  const kafka = new Kafka({ clientId: 'test-admin', brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const name = 'max.message.bytes';
  await admin.connect();
  try {
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value: String(bytes) }] }],
    });
    // The broker takes it from its controller a moment later.
    await eventually(async () => {
      const config = await readTopicConfig(admin, topic, [name]);
      expect(config.get(name)).to.equal(String(bytes));
    });
  } finally {
    await admin.disconnect();
  }
};

const open = async (makeClient: MakePublishingClient): Promise<PublisherUnderTest> => {
  const topic = await freshTopic({ config: { 'max.message.bytes': String(TOPIC_BYTES) } });
  const proxy = await KafkaProxy.start(kafkaBrokers()[0] ?? '');
  const options = {
    brokers: [proxy.address],
    clientId: 'test-relay',
    topic: topic.name,
    requestTimeoutMs: 2_000,
    produceTimeoutMs: 1_500,
  };
  const publisher = new KafkaPublisher(options, makeClient(options));
  const stored = async (lane: number): Promise<readonly string[]> =>
    (await readTopic(topic.name))
      .filter(({ partition }) => partition === lane)
      .map(({ message }) => message.headers?.['ce_id']?.toString() ?? '');
  return {
    publisher,
    stored,
    weather: (weather: Weather) => {
      const passage = { fair: 'pass', dead: 'drop', 'answers lost': 'pass', held: 'hold' } as const;
      proxy.onRequest = (apiKey) => (apiKey === PRODUCE ? passage[weather] : 'pass');
      proxy.onProduceAnswer = () => (weather === 'answers lost' ? 'drop' : 'pass');
    },
    letGo: async () => {
      const before = (await readTopic(topic.name)).length;
      proxy.release();
      await eventually(async () => {
        expect((await readTopic(topic.name)).length).to.be.greaterThan(before);
      });
    },
    limitTopic: (bytes) => setTopicLimit(topic.name, bytes),
    outcome: (task) => task(),
    close: async () => {
      await publisher.close();
      await proxy.stop();
      await topic.drop();
    },
  };
};

for (const [name, makeClient] of Object.entries(publishingClients))
  describe(`KafkaPublisher over ${name}`, () => {
    publisherSuite(() => open(makeClient));
  });
