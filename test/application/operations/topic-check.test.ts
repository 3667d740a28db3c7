import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { topicCheck } from '../../../src/application/operations/topic-check.ts';
import type { Finding, Unreachable } from '../../../src/application/ports/start-check.ts';
import type { TopicPins } from '../../../src/application/ports/topic-pins.ts';
import { leftOf, rightOf } from '../../support/decoded.ts';

const TOPIC = 'orders.events.v1';
const away: Unreachable = { _tag: 'Unreachable', reason: 'no broker', cause: undefined };
const missing: Finding = { problem: 'the topic is missing' };
const warning: Finding = { problem: 'small limit', isWarning: true };

const pinsWith = (
  pinned: number | undefined,
): { readonly pins: TopicPins; readonly pinned: () => number | undefined } => {
  let current = pinned;
  return {
    pinned: () => current,
    pins: {
      pin: (topic, partitions) => () => {
        current ??= partitions;
        return current === partitions
          ? TE.right(undefined)()
          : TE.left({ _tag: 'TopicPartitionsChanged' as const, topic, pinned: current, found: partitions })();
      },
      find: () => () => TE.right(current)(),
    },
  };
};

const check = (
  broker: readonly Finding[] | Unreachable,
  pins: TopicPins,
  options: { readonly brokerMayBeDown?: boolean; readonly mayPin?: boolean } = {},
): ReturnType<ReturnType<typeof topicCheck>['run']> =>
  topicCheck({
    topic: TOPIC,
    partitions: 6,
    askBroker: '_tag' in broker ? TE.left(broker) : TE.right(broker),
    pins,
    brokerMayBeDown: false,
    mayPin: true,
    ...options,
  }).run();

describe('the check of topic and pin', () => {
  it('given a topic without faults and no pin / then it is pinned', async () => {
    const { pins, pinned } = pinsWith(undefined);
    expect(rightOf(await check([warning], pins))).to.deep.equal([warning]);
    expect(pinned()).to.equal(6);
  });

  it('given a topic with faults / then it is not pinned', async () => {
    const { pins, pinned } = pinsWith(undefined);
    expect(rightOf(await check([missing], pins))).to.deep.equal([missing]);
    expect(pinned()).to.equal(undefined);
  });

  it('given a pin of another count / then it says which number to set', async () => {
    const [finding] = rightOf(await check([], pinsWith(12).pins));
    expect(finding?.problem).to.match(/ORDER_PARTITIONS is 6, but the outbox was filled for 12/);
    expect(finding?.mend).to.match(/^set ORDER_PARTITIONS to 12/);
  });

  it('given nothing may be changed / then it compares and does not pin', async () => {
    const { pins, pinned } = pinsWith(undefined);
    expect(rightOf(await check([], pins, { mayPin: false }))).to.deep.equal([]);
    expect(pinned()).to.equal(undefined);
    expect(rightOf(await check([], pinsWith(12).pins, { mayPin: false }))).to.have.lengthOf(1);
  });

  it('given no broker where events are published / then it waits for the broker', async () => {
    expect(leftOf(await check(away, pinsWith(6).pins))).to.equal(away);
  });

  it('given no broker where orders are taken / then the pin decides', async () => {
    const options = { brokerMayBeDown: true };
    expect(rightOf(await check(away, pinsWith(6).pins, options))).to.deep.equal([]);
    expect(rightOf(await check(away, pinsWith(12).pins, options))).to.have.lengthOf(1);
    expect(leftOf(await check(away, pinsWith(undefined).pins, options))).to.equal(away);
  });
});
