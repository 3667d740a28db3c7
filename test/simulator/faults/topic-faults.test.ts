import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import kafkajs, { Kafka, logLevel } from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';
import type { InjectedRecord } from '../../../simulator/checker/evidence.ts';
import { duplicateDelivery } from '../../../simulator/faults/duplicate-delivery.ts';
import { setTopicLimit } from '../../../simulator/faults/topic-limit.ts';
import type { House } from '../../../simulator/run/house.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestTopic } from '../../support/servers.ts';
import { contextForTests, houseForTests } from './house-for-tests.ts';

const houseOn = (topic: string): House => {
  const kafka = new Kafka({ clientId: 'topic-faults-test', brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING });
  return houseForTests({
    topic,
    kafka,
    admin: async (act) => {
      const admin = kafka.admin();
      await admin.connect();
      try {
        return await act(admin);
      } finally {
        await admin.disconnect();
      }
    },
  });
};

const produce = async (house: House, keys: readonly string[]): Promise<void> => {
  const producer = house.kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const messages = keys.map((key, index) => ({
    key,
    value: `{"n":${index}}`,
    headers: { ce_id: randomUUID(), ce_sequence: '0000000001' },
    partition: index % 2,
  }));
  await producer.send({ topic: house.topic, acks: -1, messages });
  await producer.disconnect();
};

const readAll = async (
  house: House,
  count: number,
): Promise<readonly { partition: number; message: KafkaMessage }[]> => {
  const consumer = house.kafka.consumer({ groupId: `read-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const seen: { partition: number; message: KafkaMessage }[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic: house.topic, fromBeginning: true });
  await new Promise<void>((resolve) => {
    void consumer.run({
      autoCommit: false,
      eachMessage: ({ partition, message }) => {
        seen.push({ partition, message });
        if (seen.length === count) resolve();
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  return seen;
};

describe('faults on a real topic', () => {
  let topic: TestTopic;
  afterEach(() => topic.drop());

  it('duplicate-delivery writes the same bytes behind their originals and tells where', async () => {
    topic = await freshTopic({ partitions: 2 });
    const house = houseOn(topic.name);
    await produce(house, ['a', 'b', 'c', 'd']);
    const injected: InjectedRecord[] = [];
    const context = contextForTests({ house, recordInjected: (record) => injected.push(record) });
    await duplicateDelivery.inject(context, { kind: 'duplicate-delivery', target: 'topic', waitMs: 0, lastsMs: 0 });

    const log = await readAll(house, 8);
    const bytesOf = ({ partition, message }: (typeof log)[number]): string =>
      JSON.stringify([partition, message.key, message.value, message.headers]);
    const isCopy = ({ partition, message }: (typeof log)[number]): boolean =>
      injected.some((record) => record.partition === partition && record.offset === Number(message.offset));
    const copies = log.filter(isCopy);
    const originals = log.filter((record) => !isCopy(record));
    expect(copies).to.have.length(4);
    expect(copies.map(bytesOf).sort()).to.deep.equal(originals.map(bytesOf).sort());
    for (const { partition, message } of copies)
      expect(Number(message.offset), `copy in partition ${partition}`).to.be.at.least(2);
  }).timeout(60_000);

  it('raising the limit of a topic keeps its other settings', async () => {
    topic = await freshTopic({ config: { 'max.message.bytes': '65536', 'retention.ms': '86400000' } });
    const house = houseOn(topic.name);
    await setTopicLimit(house, 1_048_588);
    const { resources } = await house.admin((admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic.name }],
      }),
    );
    const settings = Object.fromEntries(
      (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
    );
    expect(settings).to.include({
      'max.message.bytes': '1048588',
      'message.timestamp.type': 'LogAppendTime',
      'cleanup.policy': 'delete',
      'retention.ms': '86400000',
    });
  }).timeout(20_000);
});
