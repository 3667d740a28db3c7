import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { corruptOnePublisher } from '../../../simulator/sabotage/corrupt-one/corrupt-one-publisher.ts';
import { DropOnePublisher } from '../../../simulator/sabotage/drop-one/drop-one-publisher.ts';
import { MarkBeforeAckPublisher } from '../../../simulator/sabotage/mark-before-ack/mark-before-ack-publisher.ts';
import { roundRobinPublisher } from '../../../simulator/sabotage/random-partition-key/round-robin-publisher.ts';
import { swapTwoPublisher } from '../../../simulator/sabotage/swap-two/swap-two-publisher.ts';
import type { Published, Publisher, PublishFailure } from '../../../src/application/ports/publisher.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';

const record = (id: number): OutboxRecord => ({
  id,
  eventId: `event-${id}`,
  orderKey: 'order-1',
  sequence: id,
  type: 'OrderPlaced',
  version: 1,
  occurredAt: '2026-01-31T09:30:00.000Z',
  payload: '{}',
  headers: {},
  lane: 0,
  attempts: 0,
  blocking: false,
});
const records = (from: number, to: number): OutboxRecord[] =>
  Array.from({ length: to - from + 1 }, (_, index) => record(from + index));

/** A publisher to a broker with one partition that keeps what it is sent, and can be down. */
class Broker implements Publisher {
  readonly log: number[] = [];
  readonly payloads: string[] = [];
  readonly lanes: number[] = [];
  down = false;

  publish(lane: number, sent: readonly OutboxRecord[]): TaskEither<PublishFailure, Published> {
    return TE.fromIOEither(() => {
      if (this.down)
        return E.left({ _tag: 'PublishFailure', kind: 'outage', reason: 'connection refused', cause: undefined });
      const baseOffset = this.log.length;
      this.log.push(...sent.map(({ id }) => id));
      this.payloads.push(...sent.map(({ payload }) => payload));
      this.lanes.push(lane);
      return E.right({ baseOffset });
    });
  }

  sizeOf(): number {
    return 1;
  }

  maxBatchBytes(): number {
    return 1_000;
  }

  refreshLimits(): TaskEither<PublishFailure, void> {
    return TE.right(undefined);
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const base = async (publisher: Publisher, sent: readonly OutboxRecord[]): Promise<number | undefined> => {
  const published = await publisher.publish(0, sent)();
  return E.isRight(published) ? published.right.baseOffset : undefined;
};

describe('the publisher that drops one', () => {
  it('reports every record as stored and leaves out exactly one', async () => {
    const broker = new Broker();
    const buggy = new DropOnePublisher(broker);
    for (let id = 1; id <= 99; id += 3) expect(await base(buggy, records(id, id + 2))).to.be.a('number');
    const missing = records(1, 99).filter(({ id }) => !broker.log.includes(id));
    expect(missing).to.have.length(1);
  });

  it('gives the others the offsets they have', async () => {
    const broker = new Broker();
    const buggy = new DropOnePublisher(broker);
    for (let id = 1; id <= 60; id += 4) {
      const offset = (await base(buggy, records(id, id + 3))) ?? -1;
      expect(broker.log.slice(offset, offset + 3)).to.deep.equal([id, id + 1, id + 2]);
    }
  });
});

describe('the publisher that marks before the acknowledgement', () => {
  it('given a broker that is well, is right about every offset', async () => {
    const broker = new Broker();
    const buggy = new MarkBeforeAckPublisher(broker);
    for (let id = 1; id <= 9; id += 3) expect(await base(buggy, records(id, id + 2))).to.equal(id - 1);
    await settled();
    expect(broker.log).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('given a broker that dies, reports as stored what is lost, and then notices the outage', async () => {
    const broker = new Broker();
    const buggy = new MarkBeforeAckPublisher(broker);
    await base(buggy, [record(1)]);
    broker.down = true;
    expect(await base(buggy, [record(2)]), 'lost, but reported as stored').to.equal(1);
    await settled();
    expect(await base(buggy, [record(3)]), 'an outage').to.equal(undefined);
    broker.down = false;
    expect(await base(buggy, [record(3)])).to.equal(1);
    expect(broker.log).to.deep.equal([1, 3]);
  });
});

describe('the publisher that corrupts one', () => {
  it('changes one byte of one payload, the same in every resend', async () => {
    const broker = new Broker();
    const buggy = corruptOnePublisher(broker);
    const payload = '{"amountMinor":190,"currency":"EUR"}';
    const sent = records(1, 80).map((each) => ({ ...each, payload }));
    for (const each of [...sent, ...sent]) await base(buggy, [each]);
    const changed = broker.payloads.flatMap((seen, index) => (seen === payload ? [] : [[index % 80, seen]]));
    const corrupted = [49, '{"amountMinor":290,"currency":"EUR"}'];
    expect(changed).to.deep.equal([corrupted, corrupted]);
  });
});

describe('the publisher that swaps two', () => {
  it('given two events of an order in one batch, changes their places once', async () => {
    const broker = new Broker();
    const buggy = swapTwoPublisher(broker);
    const other = { ...record(9), orderKey: 'order-2' };
    await base(buggy, [record(1), other]);
    await base(buggy, [record(2), other, record(3), record(4)]);
    await base(buggy, [record(5), record(6)]);
    expect(broker.log).to.deep.equal([1, 9, 3, 9, 2, 4, 5, 6]);
  });
});

describe('the publisher that is not told the key', () => {
  it('spreads the batches of one lane over all partitions', async () => {
    const broker = new Broker();
    const buggy = roundRobinPublisher(broker, 3);
    await Promise.all([1, 2, 3, 4].map((id) => base(buggy, [record(id)])));
    expect(broker.lanes).to.deep.equal([0, 1, 2, 0]);
  });
});
