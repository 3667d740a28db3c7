import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { Kafka, logLevel } from 'kafkajs';
import { checkTopic } from '../../../src/infrastructure/kafka/check-topic.ts';
import type { TopicExpectations, TopicProblem } from '../../../src/infrastructure/kafka/check-topic.ts';
import { createKafka } from '../../../src/infrastructure/kafka/kafka-client.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestTopic } from '../../support/servers.ts';
import { eventually } from '../../support/eventually.ts';

describe('check of the topic', () => {
  const topics: TestTopic[] = [];
  const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'test-check', retries: 0 });
  const expectations = (topic: string, changes: Partial<TopicExpectations> = {}): TopicExpectations => ({
    topic,
    partitions: 6,
    maxEventBytes: 500_000,
    ...changes,
  });
  const aTopic = async (...options: Parameters<typeof freshTopic>): Promise<string> => {
    const topic = await freshTopic(...options);
    topics.push(topic);
    return topic.name;
  };
  const problems = async (expected: TopicExpectations): Promise<readonly TopicProblem[]> => {
    const outcome = await checkTopic(kafka, expected)();
    if (E.isLeft(outcome)) throw new Error(outcome.left.reason, { cause: outcome.left.cause });
    return outcome.right;
  };

  after(async () => {
    for (const topic of topics) await topic.drop();
  });

  it('given a topic as the contract wants it / then there is no problem', async () => {
    expect(await problems(expectations(await aTopic()))).to.deep.equal([]);
  });

  it('given no topic / then the problem says how to create it, and it is not created', async () => {
    const topic = 'test.nobody-made-it.v1';
    const [problem, ...others] = await problems(expectations(topic));
    expect(others).to.deep.equal([]);
    expect(problem).to.include({ _tag: 'TopicMissing', severity: 'error' });
    expect(problem?.message).to.include(`kafka-topics.sh --create --topic ${topic} --partitions 6`);
    expect((await problems(expectations(topic)))[0]?._tag).to.equal('TopicMissing');
  });

  for (const [name, options, expected, tag, severity, words] of [
    [
      'another partition count',
      { partitions: 3 },
      {},
      'PartitionCountDiffers',
      'error',
      'has 3 partitions, but the outbox was filled for 6',
    ],
    [
      'compaction',
      { config: { 'cleanup.policy': 'compact' } },
      {},
      'CleanupPolicyWrong',
      'error',
      'cleanup.policy=delete',
    ],
    [
      'compaction and deletion',
      { config: { 'cleanup.policy': 'compact,delete' } },
      {},
      'CleanupPolicyWrong',
      'error',
      'cleanup.policy=delete',
    ],
    [
      'producers’ timestamps',
      { config: { 'message.timestamp.type': 'CreateTime' } },
      {},
      'TimestampTypeWrong',
      'error',
      'message.timestamp.type=LogAppendTime',
    ],
    [
      'a limit below the largest event',
      { config: { 'max.message.bytes': '65536' } },
      {},
      'MessageLimitBelowOutbox',
      'warning',
      'OUTBOX_MAX_EVENT_BYTES',
    ],
    [
      'events above what any request may carry',
      { config: { 'max.message.bytes': '200000000' } },
      { maxEventBytes: 150_000_000 },
      'RequestLimitTooSmall',
      'error',
      'socket.request.max.bytes',
    ],
  ] as const)
    it(`given ${name} / then the problem is ${tag} and says how to mend it`, async () => {
      const [problem, ...others] = await problems(expectations(await aTopic(options), expected));
      expect(others).to.deep.equal([]);
      expect(problem).to.include({ _tag: tag, severity });
      expect(problem?.message).to.include(words);
    });

  it('given several problems / then all are told at once', async () => {
    const topic = await aTopic({
      partitions: 2,
      config: { 'cleanup.policy': 'compact', 'message.timestamp.type': 'CreateTime' },
    });
    expect((await problems(expectations(topic))).map(({ _tag }) => _tag)).to.deep.equal([
      'PartitionCountDiffers',
      'CleanupPolicyWrong',
      'TimestampTypeWrong',
    ]);
  });

  it('given partitions are added while running / then the next check says so', async () => {
    const topic = await aTopic();
    expect(await problems(expectations(topic))).to.deep.equal([]);
    const admin = new Kafka({ clientId: 'test', brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 8 }] });
    await admin.disconnect();
    await eventually(async () => {
      expect((await problems(expectations(topic))).map(({ _tag }) => _tag)).to.deep.equal(['PartitionCountDiffers']);
    });
  });

  it('given a broker that does not answer / then it is no verdict on the topic, and says why', async () => {
    const nobody = createKafka({ brokers: ['127.0.0.1:1'], clientId: 'test-check', retries: 0 });
    const outcome = await checkTopic(nobody, expectations('any'))();
    expect(E.isLeft(outcome) && outcome.left).to.include({ _tag: 'TopicUnreadable', topic: 'any' });
    expect(E.isLeft(outcome) && outcome.left.reason).to.include('ECONNREFUSED');
  });

  it('given a broker that answers nothing at all / then the reason names it', async () => {
    // Reads what comes, so that it also hears of the end.
    const silent = createServer((socket) => socket.resume());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('it listens on no port');
    const broker = `127.0.0.1:${address.port}`;
    try {
      const client = createKafka({ brokers: [broker], clientId: 'test-check', retries: 0, requestTimeoutMs: 200 });
      const outcome = await checkTopic(client, expectations('any'))();
      expect(E.isLeft(outcome) && outcome.left.reason).to.include(broker);
    } finally {
      silent.close();
    }
  });
});
