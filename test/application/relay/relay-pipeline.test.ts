import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { MINUTE, RelayHouse, upTo } from './relay-house.ts';
import { SimulatedRelay } from './simulated-relay.ts';
import type { RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';
import type { Publisher } from '../../../src/application/ports/publisher.ts';
import type { Fate } from '../../../src/infrastructure/in-memory/in-memory-publisher.ts';
import type { RelayParts } from '../../../src/application/relay/relay.ts';

const STORED: Fate = { _tag: 'Stored' };
const REFUSED: Fate = { _tag: 'Refused', kind: 'event', reason: 'INVALID_RECORD' };
const OUTAGE: Fate = { _tag: 'Refused', kind: 'outage', reason: 'connection refused' };

/** Milliseconds that each claim and each settlement takes. */
const DATABASE_MS = 8;
const BROKER_MS = 10;
const BATCH = 10;
/** Nothing is found but by rings. */
const RARELY = { pollMinMs: MINUTE, pollMaxMs: MINUTE };

type Step = 'claim' | 'publish' | 'settle';

/** What is under way at the same time, and how much was acknowledged and not settled at most. */
class Watched {
  readonly together = new Set<string>();
  mostUnsettled = 0;
  settlements = 0;
  claims = 0;
  private readonly underWay = new Map<Step, number>();
  private unsettled = 0;

  constructor(private readonly house: RelayHouse) {}

  get parts(): Pick<RelayParts, 'outbox' | 'publisher'> {
    const { relayOutbox: outbox, publisher } = this.house;
    const slow: RelayOutbox = {
      lanesWithWork: () => outbox.lanesWithWork(),
      claim: (lease, lane, limit) => () => {
        this.claims += 1;
        return this.during('claim', DATABASE_MS, outbox.claim(lease, lane, limit));
      },
      acknowledge: (lease, lane, acknowledged) => async () => {
        const settled = await this.during('settle', DATABASE_MS, outbox.acknowledge(lease, lane, acknowledged));
        this.settlements += 1;
        this.unsettled -= acknowledged.length;
        return settled;
      },
      recordFailure: (lease, failure, then) => outbox.recordFailure(lease, failure, then),
    };
    const watched: Publisher = {
      publish: (lane, records) => async () => {
        const outcome = await this.during('publish', 0, publisher.publish(lane, records));
        if (E.isRight(outcome)) this.unsettled += records.length;
        this.mostUnsettled = Math.max(this.mostUnsettled, this.unsettled);
        return outcome;
      },
      sizeOf: (record) => publisher.sizeOf(record),
      maxBatchBytes: () => publisher.maxBatchBytes(),
      refreshLimits: () => publisher.refreshLimits(),
    };
    return { outbox: slow, publisher: watched };
  }

  private async during<A>(step: Step, ms: number, task: () => Promise<A>): Promise<A> {
    for (const [other, count] of this.underWay) if (count > 0) this.together.add([step, other].sort().join(' and '));
    this.underWay.set(step, (this.underWay.get(step) ?? 0) + 1);
    await this.house.clock.sleep(ms);
    const outcome = await task();
    this.underWay.set(step, (this.underWay.get(step) ?? 0) - 1);
    return outcome;
  }
}

const houseWith = (fate: (request: number) => Fate = () => STORED): RelayHouse => {
  let requests = 0;
  return new RelayHouse(1, {
    latencyMs: () => BROKER_MS,
    fate: () => {
      requests += 1;
      return fate(requests);
    },
  });
};
const backlog = async (house: RelayHouse, orders: number, events: number): Promise<readonly string[]> => {
  const keys = Array.from({ length: orders }, (_, index) => `order-${index}`);
  for (let event = 0; event < events; event += 1) for (const key of keys) await house.append(key);
  return keys;
};
const expectInOrder = (house: RelayHouse, keys: readonly string[], events: number): void => {
  for (const key of keys) expect(house.firstAppearances(key), key).to.deep.equal(upTo(events));
};

describe('relay with a backlog', () => {
  it('claims the next batch and settles the last one while one is with the broker, which is all that the drain takes', async () => {
    const house = houseWith();
    const keys = await backlog(house, 10, 30);
    const watched = new Watched(house);
    const relay = house.relay({ batchRecords: BATCH }, watched.parts);
    const before = house.clock.monotonic();
    relay.start();
    expect(await house.settled()).to.equal(true);
    expectInOrder(house, keys, 30);
    expect([...watched.together].sort()).to.deep.equal(['claim and publish', 'claim and settle', 'publish and settle']);
    expect(house.publisher.overlaps).to.equal(0);
    expect(house.published(), 'nothing twice').to.have.lengthOf(300);
    expect(house.clock.monotonic() - before).to.be.below(30 * BROKER_MS * 1.5);
    expect(watched.mostUnsettled).to.be.at.most(2 * BATCH);
    await house.stop(relay);
  });

  it('given less than a batch / then one step follows the other, and no claim is made that nobody needs', async () => {
    const house = houseWith();
    const watched = new Watched(house);
    const relay = house.relay({ batchRecords: BATCH, ...RARELY }, watched.parts);
    relay.start();
    await house.clock.advance(1_000);
    await backlog(house, 3, 1);
    relay.wake();
    expect(await house.settled()).to.equal(true);
    await house.clock.advance(1_000);
    expect([...watched.together]).to.deep.equal([]);
    expect(watched.claims).to.equal(1);
    await house.stop(relay);
  });

  it('given an event that comes while the last one is settled / then it is sent meanwhile, and nothing twice', async () => {
    const house = new RelayHouse(1, { latencyMs: () => 0 });
    const watched = new Watched(house);
    const relay = house.relay({ batchRecords: BATCH, ...RARELY }, watched.parts);
    relay.start();
    await house.clock.advance(1_000);
    await house.append('a');
    relay.wake(0);
    await house.clock.advance(DATABASE_MS + 1);
    expect(house.published()).to.have.lengthOf(1);
    expect(watched.settlements, 'still being settled').to.equal(0);
    await house.append('a');
    relay.wake(0);
    await house.clock.advance(DATABASE_MS);
    expect([...watched.together]).to.include('claim and settle');
    expect(await house.settled()).to.equal(true);
    expect(house.published()).to.deep.equal(['a#1', 'a#2']);
    await house.stop(relay);
  });

  it('given more than a first look takes / then all of it is sent without another ring or poll', async () => {
    const house = houseWith();
    const relay = house.relay({ batchRecords: 100, ...RARELY }, new Watched(house).parts);
    relay.start();
    await house.clock.advance(1_000);
    const keys = await backlog(house, 12, 20);
    relay.wake(0);
    expect(await house.settled(1_000)).to.equal(true);
    expectInOrder(house, keys, 20);
    await house.stop(relay);
  });

  it('given an event too large for the bytes of the first look / then it follows without another ring or poll', async () => {
    const house = houseWith();
    const relay = house.relay({ batchRecords: 100, ...RARELY }, new Watched(house).parts);
    relay.start();
    await house.clock.advance(1_000);
    await house.append('a');
    await house.append('large', 1, `"${'x'.repeat(house.publisher.maxBatchBytes())}"`);
    relay.wake(0);
    expect(await house.settled(1_000)).to.equal(true);
    await house.stop(relay);
  });

  for (const [name, fate] of [
    ['an outage', OUTAGE],
    ['a refusal', REFUSED],
    ['a lost answer', { _tag: 'AnswerLost' }],
    ['an unknown failure', { _tag: 'Refused', kind: 'unknown', reason: 'UNKNOWN' }],
  ] as const)
    it(`given ${name} in the middle / then what was claimed ahead is not sent before what it rests on`, async () => {
      const house = houseWith((request) => (request === 3 ? fate : STORED));
      const keys = await backlog(house, 4, 20);
      const watched = new Watched(house);
      const relay = house.relay({ batchRecords: BATCH }, watched.parts);
      relay.start();
      expect(await house.settled()).to.equal(true);
      expectInOrder(house, keys, 20);
      expect(house.publisher.overlaps).to.equal(0);
      expect(house.attemptsSpent).to.equal(0);
      await house.stop(relay);
    });

  it('given an event of a batch is refused for good / then its successors are held, though they were claimed ahead', async () => {
    const house = new RelayHouse(1, {
      latencyMs: () => BROKER_MS,
      fate: (_lane, records) =>
        records.some(({ orderKey, sequence }) => orderKey === 'order-1' && sequence === 5) ? REFUSED : STORED,
    });
    await backlog(house, 4, 20);
    const relay = house.relay({ batchRecords: BATCH }, new Watched(house).parts);
    relay.start();
    await house.clock.advance(10 * MINUTE);
    expect(house.row('order-1', 5)).to.include({ status: 'QUARANTINED', attempts: 7 });
    expect(house.firstAppearances('order-1')).to.deep.equal([1, 2, 3, 4]);
    for (const key of ['order-0', 'order-2', 'order-3']) expect(house.firstAppearances(key)).to.deep.equal(upTo(20));
    await house.stop(relay);
  });

  it('given a row that commits late, below all that is under way / then it is published before its successor', async () => {
    const house = houseWith();
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const late = house.appendLate('late', held);
    const keys = await backlog(house, 5, 40);
    const relay = house.relay({ batchRecords: BATCH }, new Watched(house).parts);
    relay.start();
    await house.clock.advance(3 * BROKER_MS);
    commit();
    await late;
    await house.append('late');
    for (const key of keys) await house.append(key, 10);
    expect(await house.settled()).to.equal(true);
    expectInOrder(house, keys, 50);
    expect(house.firstAppearances('late')).to.deep.equal([1, 2]);
    await house.stop(relay);
  });

  it('given the relay dies in the middle / then the next one repeats two batches at most, in order', async () => {
    const house = houseWith();
    const keys = await backlog(house, 10, 20);
    const relay = new SimulatedRelay(house, { batchRecords: BATCH }, new Watched(house).parts);
    await house.clock.advance(4.5 * BROKER_MS);
    relay.kill();
    const next = house.relay({ owner: 'relay-2', batchRecords: BATCH });
    next.start();
    expect(await house.settled()).to.equal(true);
    expectInOrder(house, keys, 20);
    expect(house.published().length - 200).to.be.within(1, 2 * BATCH);
    await house.stop(next);
  });

  it('given the relay is asked to stop in the middle / then what was acknowledged is settled, and nothing is sent twice', async () => {
    const house = houseWith();
    await backlog(house, 10, 20);
    const relay = house.relay({ batchRecords: BATCH }, new Watched(house).parts);
    relay.start();
    await house.clock.advance(6 * BROKER_MS);
    await house.stop(relay);
    const published = house.published();
    expect(published.length).to.be.within(BATCH, 190);
    expect(new Set(published).size).to.equal(published.length);
    expect(house.count('COMPLETED')).to.equal(published.length);
  });
});
