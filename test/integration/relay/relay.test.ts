import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { laneOf } from '../../../src/application/relay/lanes.ts';
import { keyInLane } from '../../port-suites/events-for-tests.ts';
import { eventually } from '../../support/eventually.ts';
import { PRODUCE } from '../kafka/kafka-proxy.ts';
import { LANES, RelayUnderTest } from './relay-under-test.ts';
import type { Row } from './relay-under-test.ts';

describe('relay from MySQL to Kafka', function () {
  this.timeout(60_000);
  let house: RelayUnderTest;
  beforeEach(async () => {
    house = await RelayUnderTest.open();
  });
  afterEach(() => house.close());

  const statuses = (rows: readonly Row[]): readonly string[] => [...new Set(rows.map(({ status }) => status))];
  const allCompleted = (): Promise<void> =>
    eventually(async () => {
      expect(statuses(await house.rows())).to.deep.equal(['COMPLETED']);
    }, 30_000);

  it('given committed events of many orders / then each is stored once, in order, in its lane, at the offset its row says, with its bytes', async () => {
    const orders = Array.from({ length: 60 }, () => randomUUID());
    for (const order of orders) await house.append(order, 1, 3);
    house.startRelay();
    for (const order of orders.slice(0, 20)) await house.append(order, 4, 5);
    await allCompleted();
    const rows = await house.rows();
    const log = await house.log();
    expect(log).to.have.lengthOf(rows.length);
    for (const row of rows) {
      expect(row.kafka_partition).to.equal(laneOf(row.order_id, LANES));
      const stored = log.find(
        ({ partition, offset }) => partition === row.kafka_partition && offset === row.kafka_offset,
      );
      expect(stored?.message.headers?.['ce_id']?.toString()).to.equal(row.event_id);
      expect(stored?.message.value?.toString()).to.equal(row.payload);
    }
    for (const [index, order] of orders.entries()) {
      const records = log.filter(({ message }) => message.key?.toString() === order);
      const sequences = records.map(({ message }) => Number(message.headers?.['ce_sequence']?.toString()));
      expect(sequences).to.deep.equal(index < 20 ? [1, 2, 3, 4, 5] : [1, 2, 3]);
    }
  });

  it('given an event that cannot be published / then it is QUARANTINED after 7 attempts and the others flow; when the cause is mended and it is redriven / then its order follows', async () => {
    const poisoned = randomUUID();
    const healthy = Array.from({ length: 20 }, () => randomUUID());
    await house.append(poisoned, 1, 1);
    await house.append(poisoned, 2, 2, JSON.stringify('x'.repeat(100_000)));
    await house.append(poisoned, 3, 4);
    for (const order of healthy) await house.append(order, 1, 2);
    house.startRelay();
    await eventually(async () => {
      const rows = await house.rows();
      expect(rows.filter(({ status }) => status === 'QUARANTINED')).to.have.lengthOf(1);
      expect(rows.filter(({ order_id, status }) => order_id !== poisoned && status !== 'COMPLETED')).to.deep.equal([]);
    }, 30_000);
    const rows = (await house.rows()).filter(({ order_id }) => order_id === poisoned);
    expect(rows.map(({ status, attempts }) => `${status} ${attempts}`)).to.deep.equal([
      'COMPLETED 0',
      'QUARANTINED 7',
      'PENDING 0',
      'PENDING 0',
    ]);
    expect(await house.sequencesOf(poisoned)).to.deep.equal([1]);

    await house.raiseTopicLimit(1_000_000);
    await house.redrive(rows[1]?.event_id ?? '');
    await allCompleted();
    expect(await house.sequencesOf(poisoned)).to.deep.equal([1, 2, 3, 4]);
  });

  it('given an answer is lost / then the batch is stored twice, in order, and no attempt is spent', async () => {
    const order = randomUUID();
    let lost = 1;
    house.proxy.onProduceAnswer = () => (lost-- > 0 ? 'drop' : 'pass');
    await house.append(order, 1, 3);
    house.startRelay();
    await allCompleted();
    await house.append(order, 4, 4);
    await allCompleted();
    const sequences = await house.sequencesOf(order);
    expect([...new Set(sequences)]).to.deep.equal([1, 2, 3, 4]);
    expect(sequences.length).to.be.within(5, 7);
    expect((await house.rows()).every(({ attempts }) => attempts === 0)).to.equal(true);
  });

  it('given the broker answers nothing for a while / then nothing is quarantined or falsely COMPLETED, and all drains in order', async () => {
    const orders = Array.from({ length: 30 }, (_, index) => keyInLane(index % LANES));
    house.proxy.onRequest = () => 'drop';
    for (const order of orders) await house.append(order, 1, 3);
    house.startRelay();
    await eventually(() => {
      expect(house.observer.count(/^circuit \d opened: request timed out$/)).to.be.at.least(LANES);
    }, 30_000);
    expect(statuses(await house.rows())).to.deep.equal(['PENDING']);
    expect((await house.rows()).every(({ attempts }) => attempts === 0)).to.equal(true);
    house.proxy.onRequest = () => 'pass';
    await allCompleted();
    for (const order of orders.slice(0, 5))
      expect([...new Set(await house.sequencesOf(order))]).to.deep.equal([1, 2, 3]);
    expect((await house.rows()).every(({ attempts }) => attempts === 0)).to.equal(true);
  });

  it('given a relay that is stopped with work left / then it settles what was in flight and another goes on at once, without duplicates', async () => {
    const orders = Array.from({ length: 200 }, () => randomUUID());
    for (const order of orders) await house.append(order, 1, 4);
    const first = house.startRelay({ batchRecords: 10 });
    await eventually(() => {
      expect(house.observer.count(/^lane \d taken/)).to.equal(LANES);
      expect(house.proxy.count(PRODUCE)).to.be.at.least(LANES);
    });
    house.startRelay();
    await first.stop(10_000);
    await allCompleted();
    expect(await house.log()).to.have.lengthOf(800);
    await eventually(() => {
      expect(house.observer.count(/^lane \d taken/)).to.equal(2 * LANES);
    });
    expect(house.observer.count(/^lane \d given back/)).to.equal(LANES);
  });

  it('given a commit and a wake-up in the same process / then the event is out without waiting for a poll', async () => {
    const relay = house.startRelay({ pollMinMs: 20_000, pollMaxMs: 20_000 });
    await eventually(() => {
      expect(house.observer.count(/^lane \d taken/)).to.equal(LANES);
    });
    await house.append(randomUUID(), 1, 1);
    relay.wake();
    await eventually(async () => {
      expect(statuses(await house.rows())).to.deep.equal(['COMPLETED']);
    }, 10_000);
  });
});
