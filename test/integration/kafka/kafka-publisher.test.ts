import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Published, PublishFailure } from '../../../src/application/ports/publisher.ts';
import { KafkaPublisher } from '../../../src/infrastructure/kafka/kafka-publisher.ts';
import type { MakePublishingClient, PublishingOptions } from '../../../src/infrastructure/kafka/publishing-client.ts';
import { decodeEnvelope } from '../../../src/interfaces/contract/envelope.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestTopic } from '../../support/servers.ts';
import { eventually } from '../../support/eventually.ts';
import { demandsOf, KafkaProxy, METADATA, PRODUCE } from './kafka-proxy.ts';
import { outboxRecord } from './outbox-records.ts';
import { readTopic } from './topic-log.ts';
import { publishingClients } from './publishing-clients.ts';
import { recreateTopic } from './recreate-topic.ts';

const LANE = 3;
const failureOf = (outcome: Either<PublishFailure, Published>): PublishFailure => {
  if (E.isRight(outcome))
    throw new Error(`expected a failure, but offset ${outcome.right.baseOffset} was acknowledged`);
  return outcome.left;
};

const publisherTests = (makeClient: MakePublishingClient): void => {
  let topic: TestTopic;
  let proxy: KafkaProxy;
  let publisher: KafkaPublisher;

  const publisherWith = (changes: Partial<PublishingOptions> = {}): KafkaPublisher => {
    const options = {
      brokers: [proxy.address],
      clientId: 'test-relay',
      topic: topic.name,
      requestTimeoutMs: 5_000,
      produceTimeoutMs: 4_000,
      ...changes,
    };
    return new KafkaPublisher(options, makeClient(options));
  };
  const sequences = async (): Promise<readonly number[]> =>
    (await readTopic(topic.name)).map(({ message }) => Number(message.headers?.['ce_sequence']?.toString()));

  beforeEach(async () => {
    topic = await freshTopic({ config: { 'max.message.bytes': '65536' } });
    proxy = await KafkaProxy.start(kafkaBrokers()[0] ?? '');
    publisher = publisherWith();
  });
  afterEach(async () => {
    await publisher.close();
    await proxy.stop();
    await topic.drop();
  });

  describe('what it sends', () => {
    it('given records of one lane / then they are stored in that partition, contiguous, as the contract says', async () => {
      const first = outboxRecord(1);
      expect(await publisher.publish(LANE, [first, outboxRecord(2)])()).to.deep.equal(E.right({ baseOffset: 0 }));
      expect(await publisher.publish(LANE, [outboxRecord(3)])()).to.deep.equal(E.right({ baseOffset: 2 }));
      const log = await readTopic(topic.name);
      expect(log.map(({ partition, offset }) => [partition, offset])).to.deep.equal([
        [LANE, 0],
        [LANE, 1],
        [LANE, 2],
      ]);
      const decoded = log.map(({ message }) => decodeEnvelope({ ...message, headers: message.headers ?? {} }));
      expect(decoded[0]).to.deep.equal(
        E.right({
          eventId: first.eventId,
          type: 'OrderPlaced',
          version: 1,
          orderId: first.orderKey,
          sequence: 1,
          occurredAt: '2026-01-01T00:00:00.000Z',
          payload: '{"total":"12 €"}',
          headers: first.headers,
        }),
      );
    });

    it('given the same record twice / then both have the same bytes', async () => {
      await publisher.publish(LANE, [outboxRecord(1)])();
      await publisher.publish(LANE, [outboxRecord(1)])();
      const [first, second] = await readTopic(topic.name);
      expect(second?.message.value).to.deep.equal(first?.message.value);
      expect(second?.message.headers).to.deep.equal(first?.message.headers);
    });

    it('given a batch / then all replicas must have it, within the produce time-out', async () => {
      const demands: ReturnType<typeof demandsOf>[] = [];
      proxy.onRequest = (apiKey, frame) => {
        if (apiKey === PRODUCE) demands.push(demandsOf(frame));
        return 'pass';
      };
      await publisher.publish(LANE, [outboxRecord(1)])();
      expect(demands).to.deep.equal([{ acks: -1, timeoutMs: 4_000 }]);
    });

    it('given two publishes in one lane at once / then the second is refused without a request', async () => {
      const both = await Promise.all([
        publisher.publish(LANE, [outboxRecord(1)])(),
        publisher.publish(LANE, [outboxRecord(2)])(),
      ]);
      expect(E.isRight(both[0])).to.equal(true);
      expect(failureOf(both[1]).kind).to.equal('unknown');
      expect(proxy.count(PRODUCE)).to.equal(1);
    });

    it('given several lanes / then they are served at once, each on a connection of its own', async () => {
      const lanes = [0, 1, 2, 3, 4, 5];
      proxy.onRequest = (apiKey) => (apiKey === PRODUCE ? 'hold' : 'pass');
      const sent = lanes.map((lane) => publisher.publish(lane, [outboxRecord(1, { lane })])());
      await eventually(() => {
        expect(proxy.count(PRODUCE)).to.equal(lanes.length);
      });
      expect(proxy.open).to.be.at.least(lanes.length);
      proxy.release();
      expect((await Promise.all(sent)).every(E.isRight)).to.equal(true);
    });
  });

  describe('what counts as acknowledged', () => {
    it('given an answer for another partition / then it is no success', async () => {
      proxy.onProduceAnswer = (answer) => {
        answer.partition = LANE + 1;
        return 'pass';
      };
      const failure = failureOf(await publisher.publish(LANE, [outboxRecord(1)])());
      expect(failure).to.include({ kind: 'outage' });
      expect(failure.reason).to.include('other partitions');
    });

    it('given a partition the topic does not have / then nothing was sent and it is no success', async () => {
      const failure = failureOf(await publisher.publish(17, [outboxRecord(1)])());
      expect(failure.kind).to.equal('outage');
      expect(failure.reason).to.include('partition 17');
      expect(proxy.count(PRODUCE)).to.equal(0);
    });

    it('given a base offset that is not above the last acknowledged one / then it is an outage that stays, and says what to check', async () => {
      await publisher.publish(LANE, [outboxRecord(1), outboxRecord(2)])();
      proxy.onProduceAnswer = (answer) => {
        answer.baseOffset = 1;
        return 'pass';
      };
      const failure = failureOf(await publisher.publish(LANE, [outboxRecord(3)])());
      expect(failure.kind).to.equal('outage');
      expect(failure.reason).to.include('created again or acknowledged records were lost');
      const requests = proxy.count(PRODUCE);
      proxy.onProduceAnswer = () => 'pass';
      expect(failureOf(await publisher.publish(LANE, [outboxRecord(3)])()).reason).to.equal(failure.reason);
      expect(proxy.count(PRODUCE), 'nothing more is sent').to.equal(requests);
    });

    it('given the topic is deleted and created again / then the lane refuses instead of acknowledging into the new one', async () => {
      await publisher.publish(LANE, [outboxRecord(1), outboxRecord(2)])();
      await recreateTopic(topic.name);
      await eventually(async () => {
        const { reason } = failureOf(await publisher.publish(LANE, [outboxRecord(3)])());
        expect(reason).to.include('offset 0, though offset 1 was acknowledged');
      });
    });
  });

  describe('failures', () => {
    it('given a record above max.message.bytes / then it is the event’s, and the connection stays', async () => {
      await publisher.publish(LANE, [outboxRecord(1)])();
      const failure = failureOf(
        await publisher.publish(LANE, [outboxRecord(2, { payload: JSON.stringify('x'.repeat(70_000)) })])(),
      );
      expect(failure).to.include({ kind: 'event', reason: 'MESSAGE_TOO_LARGE' });
      expect(proxy.resets).to.equal(0);
      expect(await publisher.publish(LANE, [outboxRecord(3)])()).to.deep.equal(E.right({ baseOffset: 1 }));
    });

    it('given a topic that does not exist / then it is an outage and the topic is not created', async () => {
      const lost = publisherWith({ topic: `${topic.name}.missing` });
      expect(failureOf(await lost.publish(0, [outboxRecord(1)])())).to.include({
        kind: 'outage',
        reason: 'UNKNOWN_TOPIC_OR_PARTITION',
      });
      expect(failureOf(await lost.publish(0, [outboxRecord(1)])()).kind).to.equal('outage');
      await lost.close();
    });

    it('given a broker that refuses connections / then it is an outage, soon', async () => {
      const lost = publisherWith({ brokers: ['127.0.0.1:1'], requestTimeoutMs: 1_500, produceTimeoutMs: 1_000 });
      expect(failureOf(await lost.publish(0, [outboxRecord(1)])())).to.include({
        kind: 'outage',
        reason: 'connection refused',
      });
      expect(E.isLeft(await lost.refreshLimits()())).to.equal(true);
      await lost.close();
    });

    it('given a host name that does not exist / then it is an outage that says so', async () => {
      const lost = publisherWith({
        brokers: ['broker.invalid:9092'],
        requestTimeoutMs: 1_500,
        produceTimeoutMs: 1_000,
      });
      expect(failureOf(await lost.publish(0, [outboxRecord(1)])())).to.include({
        kind: 'outage',
        reason: 'host name not found',
      });
      await lost.close();
    });

    it('given the leader has moved / then it is an outage, and fresh metadata is read before the next send', async () => {
      await publisher.publish(LANE, [outboxRecord(1)])();
      const before = proxy.requests.length;
      proxy.onProduceAnswer = (answer) => {
        answer.errorCode = 6;
        return 'pass';
      };
      const failure = failureOf(await publisher.publish(LANE, [outboxRecord(2)])());
      expect(failure.kind).to.equal('outage');
      expect(failure.reason).to.match(/^NOT_LEADER_/);
      proxy.onProduceAnswer = () => 'pass';
      expect(E.isRight(await publisher.publish(LANE, [outboxRecord(2)])())).to.equal(true);
      expect(proxy.requests.slice(before)).to.deep.equal([PRODUCE, METADATA, PRODUCE]);
      expect(proxy.resets, 'the connection stays').to.equal(0);
    });

    it('given an error that the client does not know / then it is of unknown kind, and the next publish works', async () => {
      proxy.onProduceAnswer = (answer) => {
        answer.errorCode = 9_999;
        return 'pass';
      };
      expect(failureOf(await publisher.publish(LANE, [outboxRecord(1)])()).kind).to.equal('unknown');
      proxy.onProduceAnswer = () => 'pass';
      expect(E.isRight(await publisher.publish(LANE, [outboxRecord(1)])())).to.equal(true);
    });

    it('given the broker closes the connection / then the next publish has a new one', async () => {
      await publisher.publish(LANE, [outboxRecord(1)])();
      await proxy.stop();
      expect(failureOf(await publisher.publish(LANE, [outboxRecord(2)])()).kind).to.equal('outage');
      proxy = await KafkaProxy.start(kafkaBrokers()[0] ?? '');
      const next = publisherWith();
      expect(E.isRight(await next.publish(LANE, [outboxRecord(2)])())).to.equal(true);
      await next.close();
    });
  });

  describe('time-outs', () => {
    beforeEach(() => {
      publisher = publisherWith({ requestTimeoutMs: 2_000, produceTimeoutMs: 1_500 });
    });

    it('given an answer that never comes / then the connection is reset, and the resent batch is a duplicate in order', async () => {
      proxy.onProduceAnswer = () => 'drop';
      const startedAt = performance.now();
      const failure = failureOf(await publisher.publish(LANE, [outboxRecord(1), outboxRecord(2)])());
      expect(failure).to.include({ kind: 'outage', reason: 'request timed out' });
      expect(performance.now() - startedAt).to.be.within(1_900, 4_000);

      proxy.onProduceAnswer = () => 'pass';
      expect(await publisher.publish(LANE, [outboxRecord(1), outboxRecord(2)])()).to.deep.equal(
        E.right({ baseOffset: 2 }),
      );
      expect(proxy.resets).to.equal(1);
      expect(await publisher.publish(LANE, [outboxRecord(3)])()).to.deep.equal(E.right({ baseOffset: 4 }));
      expect(await sequences()).to.deep.equal([1, 2, 1, 2, 3]);
    });

    it('given a request that is stuck on the way / when it arrives after newer ones / then it only repeats', async () => {
      await publisher.publish(LANE, [outboxRecord(1)])();
      proxy.onRequest = (apiKey) => (apiKey === PRODUCE ? 'hold' : 'pass');
      expect(failureOf(await publisher.publish(LANE, [outboxRecord(2)])()).reason).to.equal('request timed out');
      proxy.onRequest = () => 'pass';
      await publisher.publish(LANE, [outboxRecord(2), outboxRecord(3)])();
      proxy.release();
      await publisher.publish(LANE, [outboxRecord(4)])();
      await eventually(async () => {
        expect(await sequences()).to.have.lengthOf(5);
      });
      expect([...new Set(await sequences())]).to.deep.equal([1, 2, 3, 4]);
    });

    it('given the question who leads is stuck / when it is answered after the time-out / then nothing is sent behind our back', async () => {
      proxy.onRequest = (apiKey) => (apiKey === METADATA ? 'hold' : 'pass');
      expect(failureOf(await publisher.publish(LANE, [outboxRecord(1)])()).reason).to.equal('request timed out');
      proxy.onRequest = () => 'pass';
      proxy.release();
      expect(E.isRight(await publisher.publish(LANE, [outboxRecord(2)])())).to.equal(true);
      expect(proxy.count(PRODUCE)).to.equal(1);
      expect(await sequences()).to.deep.equal([2]);
    });

    it('given one lane is stuck / then the others are not disturbed', async () => {
      proxy.onRequest = (apiKey) => (apiKey === PRODUCE ? 'hold' : 'pass');
      const stuck = publisher.publish(LANE, [outboxRecord(1)])();
      await eventually(() => {
        expect(proxy.count(PRODUCE)).to.equal(1);
      });
      proxy.onRequest = () => 'pass';
      for (let sequence = 1; sequence <= 20; sequence += 1)
        expect(E.isRight(await publisher.publish(0, [outboxRecord(sequence, { lane: 0 })])())).to.equal(true);
      expect(failureOf(await stuck).kind).to.equal('outage');
      expect(E.isRight(await publisher.publish(0, [outboxRecord(21, { lane: 0 })])())).to.equal(true);
    });

    it('refuses a produce time-out that is not shorter than the request time-out', () => {
      expect(() => publisherWith({ requestTimeoutMs: 1_000, produceTimeoutMs: 1_000 })).to.throw(RangeError);
    });
  });

  describe('limits', () => {
    it('reads the topic’s max.message.bytes and gives half of it to a batch', async () => {
      expect(publisher.maxBatchBytes()).to.equal(524_294);
      expect(await publisher.refreshLimits()()).to.deep.equal(E.right(undefined));
      expect(publisher.maxBatchBytes()).to.equal(32_768);
    });

    it('given a batch filled by sizeOf up to the limit / then the broker takes it, with nothing to spare for one that is larger', async () => {
      const fit = (bytes: number) => {
        const empty = publisher.sizeOf(outboxRecord(1, { payload: '' }));
        return outboxRecord(1, { payload: 'x'.repeat(bytes - empty) });
      };
      expect(E.isRight(await publisher.publish(LANE, [fit(65_536)])())).to.equal(true);
      expect(failureOf(await publisher.publish(LANE, [fit(65_536 + 500)])()).kind).to.equal('event');
    });
  });
};

for (const [name, makeClient] of Object.entries(publishingClients))
  describe(`KafkaPublisher over ${name}`, () => {
    publisherTests(makeClient);
  });
