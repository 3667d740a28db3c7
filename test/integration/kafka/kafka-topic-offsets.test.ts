import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { createKafka } from '../../../src/infrastructure/kafka/kafka-client.ts';
import { KafkaTopicOffsets } from '../../../src/infrastructure/kafka/kafka-topic-offsets.ts';
import { eventually } from '../../support/eventually.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestTopic } from '../../support/servers.ts';
import { KafkaProxy, OFFSET_FETCH } from './kafka-proxy.ts';

describe('KafkaTopicOffsets', function () {
  this.timeout(20_000);
  let topic: TestTopic;
  let proxy: KafkaProxy;
  let offsets: KafkaTopicOffsets;

  beforeEach(async () => {
    topic = await freshTopic({ partitions: 2 });
    proxy = await KafkaProxy.start(kafkaBrokers()[0] ?? '');
    const kafka = createKafka({ brokers: [proxy.address], clientId: 'test' });
    offsets = new KafkaTopicOffsets(kafka, topic.name, `group-${topic.name}`);
  });
  afterEach(async () => {
    proxy.release();
    await offsets.close();
    await proxy.stop();
    await topic.drop();
  });

  /** A question whose request is on its way to the broker until `release`. */
  const heldRead = async (): Promise<{ readonly answer: ReturnType<KafkaTopicOffsets['read']> }> => {
    proxy.onRequest = (apiKey) => (apiKey === OFFSET_FETCH ? 'hold' : 'pass');
    const answer = offsets.read();
    answer.catch(() => undefined);
    await eventually(() => expect(proxy.count(OFFSET_FETCH)).to.equal(1));
    return { answer };
  };
  const nothingIsOpen = (): Promise<void> =>
    eventually(() => {
      expect(proxy.open).to.equal(0);
    });

  it('given a group that has committed nothing / then each partition begins and ends where it does, by one connection for all questions', async () => {
    const [first, second] = await Promise.all([offsets.read(), offsets.read()]);
    const empty = { start: 0, end: 0, committed: undefined };
    expect(first.toSorted((a, b) => a.partition - b.partition)).to.deep.equal([
      { partition: 0, ...empty },
      { partition: 1, ...empty },
    ]);
    expect(second).to.have.deep.members(first);
  });

  it('given a question that fails while another is under way / then that one is answered, once, and no connection stays open', async () => {
    const { answer } = await heldRead();
    const failed = await offsets.logStartOf({ topic: 'test.nowhere.v1', partition: 0, offset: 0 })();
    expect(E.isLeft(failed)).to.equal(true);
    proxy.release();
    expect(await answer).to.have.length(2);
    expect(proxy.count(OFFSET_FETCH)).to.equal(1);
    await nothingIsOpen();
  });

  it('given it is closed while a question is under way / then what the question opened is closed as well', async () => {
    const { answer } = await heldRead();
    const closed = offsets.close();
    proxy.release();
    await answer;
    await closed;
    await nothingIsOpen();
  });
});
