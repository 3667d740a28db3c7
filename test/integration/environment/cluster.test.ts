import { expect } from 'chai';
import { Kafka, logLevel } from 'kafkajs';
import { Run } from '../../../tools/environment/run.ts';
import { type Servers, startServers } from '../../../tools/environment/servers.ts';
import { createTopic } from '../../../tools/environment/topic.ts';
import { useDirectory, useOwnServers } from '../../support/environment/own-servers.ts';
import { eventually } from '../../support/eventually.ts';

const TOPIC = 'replicated';

describe('three brokers', function () {
  this.timeout(240_000);
  useOwnServers();
  const directory = useDirectory();
  let servers: Servers;
  let kafka: Kafka;

  before('given a cluster with a topic', async () => {
    const run = await Run.open(directory.path());
    servers = await startServers({ run, needed: ['kafka'], layout: { brokers: 3 }, progress: () => undefined });
    kafka = new Kafka({
      brokers: servers.kafkaBrokers.split(','),
      logLevel: logLevel.NOTHING,
      retry: { retries: 8, initialRetryTime: 200, maxRetryTime: 1_000 },
    });
    await createTopic(servers.kafkaBrokers, { name: TOPIC, partitions: 3, config: {} });
  });
  after(() => servers.stop());

  const inSync = async (): Promise<readonly number[]> => {
    const admin = kafka.admin();
    await admin.connect();
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
      return topics.flatMap(({ partitions }) => partitions.map(({ isr }) => isr.length));
    } finally {
      await admin.disconnect();
    }
  };
  const produce = async (retries: number): Promise<string> => {
    const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries } });
    await producer.connect();
    try {
      const messages = [0, 1, 2].map((partition) => ({ partition, value: 'x' }));
      await producer.send({ topic: TOPIC, acks: -1, timeout: 2_000, messages });
      return 'acknowledged';
    } catch (cause) {
      return cause instanceof Error ? cause.message : 'failed';
    } finally {
      await producer.disconnect();
    }
  };
  const named = (name: string) => servers.others.find((server) => server.name === name);

  it('each has a replica of every partition and an address of its own', async () => {
    expect(new Set(servers.kafkaBrokers.split(',')).size).to.equal(3);
    expect(servers.others.map(({ name }) => name)).to.deep.equal(['kafka-2', 'kafka-3', 'kafka-controller']);
    await eventually(async () => expect(await inSync()).to.deep.equal([3, 3, 3]), 60_000);
  });

  it('without one of them records are acknowledged, without two of them refused; a killed one comes back', async () => {
    await named('kafka-2')?.kill('SIGKILL');
    expect(await produce(8)).to.equal('acknowledged');
    await servers.kafka?.kill('SIGKILL');
    await eventually(async () => expect(await inSync()).to.deep.equal([1, 1, 1]), 60_000);
    expect(await produce(0)).to.match(/in-sync replicas/);

    await Promise.all([named('kafka-2')?.restart(), servers.kafka?.restart()]);
    await eventually(async () => expect(await inSync()).to.deep.equal([3, 3, 3]), 60_000);
    expect(await produce(8)).to.equal('acknowledged');
  });
});
