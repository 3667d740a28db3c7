import { expect } from 'chai';
import { HOUR, MINUTE, RelayHouse, SETTINGS, upTo } from './relay-house.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import type { Fate } from '../../../src/infrastructure/in-memory/in-memory-publisher.ts';

const STORED: Fate = { _tag: 'Stored' };
const REFUSED: Fate = { _tag: 'Refused', kind: 'event', reason: 'INVALID_RECORD' };
const OUTAGE: Fate = { _tag: 'Refused', kind: 'outage', reason: 'connection refused' };
const UNKNOWN: Fate = { _tag: 'Refused', kind: 'unknown', reason: 'UNKNOWN' };
const has = (records: readonly OutboxRecord[], orderKey: string, sequence = 1): boolean =>
  records.some((record) => record.orderKey === orderKey && record.sequence === sequence);

describe('relay', () => {
  describe('normal work', () => {
    it('given committed events / when the relay runs / then each order is published in order and COMPLETED with its offset', async () => {
      const house = new RelayHouse(6);
      await house.append('a', 3);
      await house.append('b', 2);
      await house.append('c', 1);
      const relay = house.relay();
      relay.start();
      expect(await house.settled()).to.equal(true);
      expect(house.firstAppearances('a')).to.deep.equal([1, 2, 3]);
      expect(house.firstAppearances('b')).to.deep.equal([1, 2]);
      for (const row of house.rows()) {
        expect(row).to.include({ status: 'COMPLETED', attempts: 0 });
        expect(house.publisher.log(row.partition)[row.offset ?? -1]?.eventId).to.equal(row.eventId);
      }
      await house.stop(relay);
    });

    it('given an idle relay / when woken after a commit / then the event is out without waiting for the next poll', async () => {
      const house = new RelayHouse();
      const relay = house.relay();
      relay.start();
      await house.clock.advance(MINUTE);
      await house.append('a');
      const before = house.clock.monotonic();
      relay.wake();
      expect(await house.settled()).to.equal(true);
      expect(house.clock.monotonic() - before).to.be.lessThan(10);
      await house.stop(relay);
    });

    it('given nobody wakes it / then an event waits for one poll at most', async () => {
      const house = new RelayHouse();
      const relay = house.relay();
      relay.start();
      await house.clock.advance(MINUTE);
      await house.append('a');
      expect(await house.settled(SETTINGS.pollMaxMs + 10)).to.equal(true);
      await house.stop(relay);
    });

    it('given a long backlog / then batches are bounded in records and bytes, and one request is in flight in each lane', async () => {
      const sizes: number[] = [];
      const house = new RelayHouse(2, {
        maxMessageBytes: 1_000,
        fate: (_lane, records) => {
          sizes.push(records.reduce((sum, { payload }) => sum + payload.length, 0));
          return STORED;
        },
      });
      for (let i = 0; i < 40; i += 1) await house.append(`order-${i}`, 3, 'x'.repeat(90));
      const relay = house.relay({ batchRecords: 7 });
      relay.start();
      expect(await house.settled()).to.equal(true);
      expect(Math.max(...sizes), 'three records of 90 and 70 bytes').to.equal(270);
      expect(house.publisher.overlaps).to.equal(0);
      expect(house.published()).to.have.lengthOf(120);
      await house.stop(relay);
    });
  });

  describe('a record that is refused', () => {
    it('given one poisoned event / when it failed the first try and 6 retries / then it is QUARANTINED, its successors are held and the others flow', async () => {
      const house = new RelayHouse(1, { fate: (_lane, records) => (has(records, 'bad') ? REFUSED : STORED) });
      await house.append('bad', 3);
      await house.append('good', 3);
      const relay = house.relay();
      relay.start();
      await house.clock.runUntil(() => house.count('QUARANTINED') === 1, 5 * MINUTE);
      await house.append('good', 2);
      await house.clock.advance(MINUTE);

      expect(house.row('bad', 1)).to.include({ status: 'QUARANTINED', attempts: 7 });
      expect(house.row('bad', 1).lastError).to.equal('event: INVALID_RECORD');
      expect(house.row('bad', 2)).to.include({ status: 'PENDING', heldBy: house.row('bad', 1).id, attempts: 0 });
      expect(house.row('bad', 3)).to.include({ status: 'PENDING', heldBy: house.row('bad', 1).id, attempts: 0 });
      expect(house.firstAppearances('bad')).to.deep.equal([]);
      expect(house.firstAppearances('good')).to.deep.equal([1, 2, 3, 4, 5]);
      expect(house.attemptsSpent).to.equal(7);
      expect(house.observer.count(/^attempt/)).to.equal(6);
      expect(house.observer.count(/^quarantined bad#1$/)).to.equal(1);
      await house.stop(relay);
    });

    it('given a quarantined event whose cause is mended / when redriven / then it and its successors follow in order', async () => {
      let mended = false;
      const house = new RelayHouse(1, {
        fate: (_lane, records) => (has(records, 'bad') && !mended ? REFUSED : STORED),
      });
      await house.append('bad', 3);
      const relay = house.relay();
      relay.start();
      await house.clock.runUntil(() => house.count('QUARANTINED') === 1, 5 * MINUTE);
      await house.append('bad', 1);
      await house.clock.advance(MINUTE);
      mended = true;
      await house.redrive('bad', 1);
      expect(await house.settled()).to.equal(true);
      expect(house.published()).to.deep.equal(['bad#1', 'bad#2', 'bad#3', 'bad#4']);
      await house.stop(relay);
    });

    it('given a cause that goes away after some attempts / then the event is published late and nothing is quarantined', async () => {
      let refusals = 0;
      const house = new RelayHouse(1, {
        fate: (_lane, records) => (has(records, 'bad') && (refusals += 1) <= 4 ? REFUSED : STORED),
      });
      await house.append('bad', 2);
      const relay = house.relay();
      relay.start();
      expect(await house.settled()).to.equal(true);
      expect(house.published()).to.deep.equal(['bad#1', 'bad#2']);
      expect(house.row('bad', 1).status).to.equal('COMPLETED');
      await house.stop(relay);
    });

    it('given one bad record among 500 orders / when the batch is refused / then halving finds it and no other event spends an attempt', async () => {
      const house = new RelayHouse(1, { fate: (_lane, records) => (has(records, 'order-317') ? REFUSED : STORED) });
      for (let i = 0; i < 500; i += 1) await house.append(`order-${i}`);
      const relay = house.relay();
      relay.start();
      await house.clock.runUntil(() => house.count('COMPLETED') === 499, 1_000);
      expect(house.count('COMPLETED')).to.equal(499);
      expect(house.rows().filter((row) => row.attempts > 0)).to.have.lengthOf(1);
      expect(house.row('order-317', 1).attempts).to.equal(1);
      expect(house.publisher.requests).to.be.lessThan(2 * Math.ceil(Math.log2(500)) + 3);
      expect(house.published()).to.have.lengthOf(499);
      await house.stop(relay);
    });

    it('given a bad record in the middle of one order / then its predecessors are published, it alone spends the attempt, its successors wait', async () => {
      const house = new RelayHouse(1, { fate: (_lane, records) => (has(records, 'a', 4) ? REFUSED : STORED) });
      await house.append('a', 9);
      const relay = house.relay();
      relay.start();
      await house.clock.runUntil(() => house.count('QUARANTINED') === 1, 5 * MINUTE);
      expect(house.published()).to.deep.equal(['a#1', 'a#2', 'a#3']);
      expect(house.rows().map(({ attempts }) => attempts)).to.deep.equal([0, 0, 0, 7, 0, 0, 0, 0, 0]);
      await house.stop(relay);
    });

    it('given a record above the topic limit / then it goes alone and only it is refused', async () => {
      const house = new RelayHouse(1, { maxMessageBytes: 1_000 });
      await house.append('small', 2, 'x'.repeat(100));
      await house.append('large', 2, 'x'.repeat(1_001));
      await house.append('other', 2, 'x'.repeat(100));
      const relay = house.relay();
      relay.start();
      await house.clock.runUntil(() => house.count('QUARANTINED') === 1, 5 * MINUTE);
      expect(house.row('large', 1)).to.include({ status: 'QUARANTINED', attempts: 7 });
      expect(house.published().toSorted()).to.deep.equal(['other#1', 'other#2', 'small#1', 'small#2']);
      expect(house.attemptsSpent).to.equal(7);
      await house.stop(relay);
    });
  });

  describe('an outage', () => {
    it('given the broker is down for an hour / then nothing spends an attempt, and all drains in order when it is back', async () => {
      let down = true;
      const house = new RelayHouse(6, { fate: () => (down ? OUTAGE : STORED) });
      const orders = Array.from({ length: 60 }, (_, i) => `order-${i}`);
      for (const order of orders) await house.append(order, 3);
      const relay = house.relay();
      relay.start();
      await house.clock.advance(HOUR);
      expect(house.published()).to.deep.equal([]);
      expect(house.count('PENDING')).to.equal(180);
      expect(house.attemptsSpent).to.equal(0);
      const requests = house.publisher.requests;
      expect(requests, 'canaries in an hour, six lanes').to.be.within(6 * 300, 6 * 3_600);

      down = false;
      expect(await house.settled(10_000)).to.equal(true);
      for (const order of orders) expect(house.firstAppearances(order)).to.deep.equal([1, 2, 3]);
      expect(house.count('QUARANTINED')).to.equal(0);
      expect(house.attemptsSpent).to.equal(0);
      await house.stop(relay);
    });

    it('given a claim that makes several batches / when the first meets an outage / then none of the others is sent', async () => {
      let down = true;
      const house = new RelayHouse(1, { maxMessageBytes: 2_000, fate: () => (down ? OUTAGE : STORED) });
      await house.append('a', 100);
      const relay = house.relay();
      relay.start();
      await house.clock.runUntil(() => house.observer.count(/^circuit 0 opened/) === 1, 1_000);
      expect(house.publisher.requests).to.equal(1);
      down = false;
      expect(await house.settled()).to.equal(true);
      expect(house.publisher.requests, 'more than one batch').to.be.greaterThan(8);
      expect(house.firstAppearances('a')).to.deep.equal(upTo(100));
      await house.stop(relay);
    });

    it('given the wall clock jumps an hour, forward or back, in an outage / then there is no storm of retries', async () => {
      const house = new RelayHouse(1, { fate: () => OUTAGE });
      await house.append('a', 3);
      const relay = house.relay();
      relay.start();
      await house.clock.advance(MINUTE);
      for (const jump of [HOUR, -2 * HOUR]) {
        const before = house.publisher.requests;
        house.clock.jumpWallClock(jump);
        await house.clock.advance(MINUTE);
        expect(house.publisher.requests - before).to.be.within(10, 60);
      }
      await house.stop(relay);
    });

    it('given one lane without a leader / then the other lanes flow', async () => {
      const house = new RelayHouse(2, { fate: (lane) => (lane === 0 ? OUTAGE : STORED) });
      for (let i = 0; i < 20; i += 1) await house.append(`order-${i}`);
      const relay = house.relay();
      relay.start();
      await house.clock.advance(MINUTE);
      const rows = house.rows();
      expect(rows.filter(({ partition }) => partition === 1).every(({ status }) => status === 'COMPLETED')).to.equal(
        true,
      );
      expect(rows.filter(({ partition }) => partition === 0).every(({ status }) => status === 'PENDING')).to.equal(
        true,
      );
      await house.stop(relay);
    });

    it('given a record that breaks the connection each time / then no canary of it holds the circuit and the others flow', async () => {
      const house = new RelayHouse(1, { fate: (_lane, records) => (has(records, 'poison') ? OUTAGE : STORED) });
      await house.append('poison', 2);
      for (let i = 0; i < 50; i += 1) await house.append(`order-${i}`, 2);
      const relay = house.relay();
      relay.start();
      expect(await house.clock.runUntil(() => house.count('COMPLETED') === 100, 5_000)).to.equal(true);
      for (let i = 0; i < 20; i += 1) {
        await house.append('late');
        expect(await house.clock.runUntil(() => house.count('COMPLETED') === 101 + i, 6_000)).to.equal(true);
        await house.clock.advance(3_000);
      }
      expect(house.row('poison', 1)).to.include({ status: 'PENDING', attempts: 0 });
      expect(house.attemptsSpent).to.equal(0);
      await house.stop(relay);
    });
  });

  describe('a failure of unknown kind', () => {
    it('given other orders of the lane get through / then it counts as the event’s own and ends in quarantine', async () => {
      const house = new RelayHouse(1, { fate: (_lane, records) => (has(records, 'odd') ? UNKNOWN : STORED) });
      await house.append('odd', 2);
      const relay = house.relay();
      relay.start();
      for (let i = 0; i < 600 && house.count('QUARANTINED') === 0; i += 1) {
        await house.append(`order-${i % 10}`);
        await house.clock.advance(500);
      }
      expect(house.row('odd', 1)).to.include({ status: 'QUARANTINED', attempts: 7 });
      expect(house.row('odd', 2)).to.include({ status: 'PENDING', attempts: 0 });
      expect(house.attemptsSpent).to.equal(7);
      await house.clock.advance(MINUTE);
      expect(house.count('PENDING')).to.equal(1);
      await house.stop(relay);
    });

    it('given nothing of the lane gets through / then it is treated as an outage and spends nothing', async () => {
      let broken = true;
      const house = new RelayHouse(1, { fate: () => (broken ? UNKNOWN : STORED) });
      for (let i = 0; i < 30; i += 1) await house.append(`order-${i}`, 2);
      const relay = house.relay();
      relay.start();
      await house.clock.advance(HOUR);
      expect(house.attemptsSpent).to.equal(0);
      broken = false;
      expect(await house.settled(20_000)).to.equal(true);
      expect(house.count('QUARANTINED')).to.equal(0);
      expect(Math.max(...house.rows().map(({ attempts }) => attempts))).to.be.at.most(1);
      await house.stop(relay);
    });

    it('given it is the only order of its lane / then it waits and is never blamed', async () => {
      const house = new RelayHouse(1, { fate: () => UNKNOWN });
      await house.append('odd');
      const relay = house.relay();
      relay.start();
      await house.clock.advance(HOUR);
      expect(house.row('odd', 1)).to.include({ status: 'PENDING', attempts: 0 });
      await house.stop(relay);
    });

    it('given a batch of 500 with one odd record / then the others flow at once', async () => {
      const house = new RelayHouse(1, { fate: (_lane, records) => (has(records, 'order-250') ? UNKNOWN : STORED) });
      for (let i = 0; i < 500; i += 1) await house.append(`order-${i}`);
      const relay = house.relay();
      relay.start();
      expect(await house.clock.runUntil(() => house.count('COMPLETED') === 499, 2_000)).to.equal(true);
      expect(
        house
          .rows()
          .filter(({ attempts }) => attempts > 0)
          .map(({ orderKey }) => orderKey),
      ).to.deep.equal(['order-250']);
      await house.stop(relay);
    });
  });

  describe('polling', () => {
    it('given nothing to do for an hour / then it polls ever less, and never spins', async () => {
      const house = new RelayHouse();
      let polls = 0;
      const outbox = Object.create(house.relayOutbox) as typeof house.relayOutbox;
      outbox.lanesWithWork = () => {
        polls += 1;
        return house.relayOutbox.lanesWithWork();
      };
      const relay = house.relay({}, { outbox });
      relay.start();
      await house.clock.advance(HOUR);
      expect(polls).to.be.within(7_000, 7_250);
      await house.stop(relay);
    });

    it('refuses a lease that one publish could outlive', () => {
      const house = new RelayHouse();
      expect(() => house.relay({ leaseMs: 6_000, publishTimeoutMs: 5_000 })).to.throw(RangeError, 'too short');
      expect(() => house.relay({ leaseMs: 7_000, publishTimeoutMs: 5_000 })).not.to.throw();
    });
  });

  it('keeps first appearances complete for many orders of many events', async () => {
    const house = new RelayHouse(6);
    for (let round = 0; round < 5; round += 1)
      for (let i = 0; i < 40; i += 1) await house.append(`order-${i}`, 1 + (i % 3));
    const relay = house.relay({ batchRecords: 10 });
    relay.start();
    expect(await house.settled()).to.equal(true);
    for (let i = 0; i < 40; i += 1) expect(house.firstAppearances(`order-${i}`)).to.deep.equal(upTo(5 * (1 + (i % 3))));
    await house.stop(relay);
  });
});
