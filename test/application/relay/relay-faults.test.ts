import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { Fate } from '../../../src/infrastructure/in-memory/in-memory-publisher.ts';
import { flakyOutbox } from './flaky-outbox.ts';
import type { CallFate } from './flaky-outbox.ts';
import { MINUTE, RelayHouse, SETTINGS, upTo } from './relay-house.ts';
import { SimulatedRelay } from './simulated-relay.ts';

const STORED: Fate = { _tag: 'Stored' };

describe('relay under faults of its own side', () => {
  describe('settling', () => {
    it('given the outcome of a settle is unknown / then it is written again, and nothing is published twice', async () => {
      const house = new RelayHouse();
      await house.append('a', 3);
      const fates: CallFate[] = ['answer lost', 'unavailable', 'answer lost'];
      const outbox = flakyOutbox(house.relayOutbox, house.clock, (call) =>
        call === 'acknowledge' ? (fates.shift() ?? 'done') : 'done',
      );
      const relay = house.relay({}, { outbox });
      relay.start();
      await house.clock.advance(MINUTE);
      expect(fates).to.deep.equal([]);
      expect(house.published()).to.deep.equal(['a#1', 'a#2', 'a#3']);
      expect(house.count('COMPLETED')).to.equal(3);
      await house.stop(relay);
    });

    it('given the outcome of a failed attempt is unknown / then the attempt is counted once', async () => {
      const house = new RelayHouse(1, { fate: () => ({ _tag: 'Refused', kind: 'event', reason: 'INVALID_RECORD' }) });
      await house.append('a');
      let calls = 0;
      const outbox = flakyOutbox(house.relayOutbox, house.clock, (call) =>
        call === 'recordFailure' && (calls += 1) % 2 === 1 ? 'answer lost' : 'done',
      );
      const relay = house.relay({}, { outbox });
      relay.start();
      await house.clock.runUntil(() => house.count('QUARANTINED') === 1, 5 * MINUTE);
      expect(house.row('a', 1).attempts).to.equal(7);
      expect(house.attemptsSpent).to.equal(7);
      expect(house.publisher.requests).to.equal(7);
      await house.stop(relay);
    });

    it('given the database is away for a minute after a publish / then the publish is settled when it is back, not repeated', async () => {
      const house = new RelayHouse();
      await house.append('a', 2);
      let away = false;
      const publisher = house.publisher;
      const outbox = flakyOutbox(house.relayOutbox, house.clock, () => (away ? 'unavailable' : 'done'));
      const relay = house.relay({ leaseMs: 10 * MINUTE }, { outbox });
      relay.start();
      await house.clock.runUntil(() => publisher.requests === 1, 1_000);
      away = true;
      await house.clock.advance(MINUTE);
      expect(house.count('PENDING')).to.equal(2);
      away = false;
      expect(await house.settled(10_000)).to.equal(true);
      expect(house.published()).to.deep.equal(['a#1', 'a#2']);
      await house.stop(relay);
    });
  });

  describe('the lease', () => {
    it('given two relays for one lane / then one works and the other stands by', async () => {
      const house = new RelayHouse();
      const first = new SimulatedRelay(house, { owner: 'relay-1' });
      await house.clock.advance(100);
      const second = new SimulatedRelay(house, { owner: 'relay-2' });
      for (let i = 0; i < 20; i += 1) {
        await house.append(`order-${i}`);
        await house.clock.advance(3_000);
      }
      expect(house.published()).to.have.lengthOf(20);
      expect(house.observer.count(/^lane 0 taken/)).to.equal(1);
      expect(house.publisher.overlaps).to.equal(0);
      first.kill();
      second.kill();
    });

    it('given the working relay is killed between publish and settle / then the other takes over and repeats, in order', async () => {
      const house = new RelayHouse();
      const first = new SimulatedRelay(house, { owner: 'relay-1' });
      await house.clock.advance(1_000);
      const second = new SimulatedRelay(house, { owner: 'relay-2' });
      await house.append('a', 3);
      await house.clock.runUntil(() => house.publisher.requests === 1, 1_000);
      first.kill();
      await house.append('a', 2);
      expect(await house.settled(2 * SETTINGS.leaseMs)).to.equal(true);
      expect(house.published()).to.deep.equal(['a#1', 'a#2', 'a#3', 'a#1', 'a#2', 'a#3', 'a#4', 'a#5']);
      expect(house.observer.count(/^lane 0 taken, epoch 2$/)).to.equal(1);
      second.kill();
    });

    it('given the working relay is paused past its lease with a publish in flight / when it wakes / then it settles nothing and stands by', async () => {
      const house = new RelayHouse();
      const first = new SimulatedRelay(house, { owner: 'relay-1' });
      await house.clock.advance(1_000);
      const second = new SimulatedRelay(house, { owner: 'relay-2' });
      await house.append('a', 2);
      await house.clock.runUntil(() => house.publisher.requests === 1, 1_000);
      first.pause();
      await house.append('a', 2);
      expect(await house.settled(3 * SETTINGS.leaseMs)).to.equal(true);
      const offsets = house.rows().map(({ offset }) => offset);
      const requests = house.publisher.requests;
      first.resume();
      await house.clock.advance(MINUTE);
      expect(house.rows().map(({ offset }) => offset)).to.deep.equal(offsets);
      expect(house.publisher.requests).to.equal(requests);
      expect(house.firstAppearances('a')).to.deep.equal([1, 2, 3, 4]);
      expect(house.observer.lines.filter((line) => line.startsWith('lane 0'))).to.deep.equal([
        'lane 0 taken, epoch 1',
        'lane 0 taken, epoch 2',
        'lane 0 lost',
      ]);
      first.kill();
      second.kill();
    });

    it('given the lease is lost while a publish is in flight / then its success is not settled, and the next holder publishes again', async () => {
      let down = false;
      const house = new RelayHouse(1, {
        fate: () => (down ? { _tag: 'Refused', kind: 'outage', reason: 'connection refused' } : STORED),
      });
      const first = new SimulatedRelay(house, { owner: 'relay-1' });
      await house.clock.advance(1_000);
      const second = new SimulatedRelay(house, { owner: 'relay-2' });
      await house.append('a', 2);
      await house.clock.runUntil(() => house.publisher.requests === 1, 1_000);
      first.pause();
      down = true;
      await house.clock.runUntil(() => house.observer.count(/^lane 0 taken, epoch 2$/) === 1, 2 * SETTINGS.leaseMs);
      first.resume();
      await house.clock.advance(MINUTE);
      expect(house.count('PENDING'), 'what an older holder knows counts no more').to.equal(2);
      down = false;
      expect(await house.settled()).to.equal(true);
      expect(house.published()).to.deep.equal(['a#1', 'a#2', 'a#1', 'a#2']);
      first.kill();
      second.kill();
    });

    it('given the database is gone for renewals / then nothing new is sent once a publish could outlive the lease', async () => {
      const house = new RelayHouse();
      let away = false;
      const leases = Object.create(house.leases) as typeof house.leases;
      leases.renew = (held, ttlMs) =>
        away ? TE.left(storageUnavailable('renew leases', new Error('gone away'))) : house.leases.renew(held, ttlMs);
      const relay = house.relay({}, { leases });
      relay.start();
      await house.clock.advance(MINUTE);
      away = true;
      const since = house.clock.monotonic();
      let lastSent = since;
      let sent = house.publisher.requests;
      for (let i = 0; i < 200; i += 1) {
        await house.append('a');
        await house.clock.advance(100);
        if (house.publisher.requests > sent) lastSent = house.clock.monotonic();
        sent = house.publisher.requests;
      }
      expect(lastSent - since).to.be.within(1, SETTINGS.leaseMs - SETTINGS.publishTimeoutMs + 100);
      expect(house.count('PENDING')).to.be.greaterThan(100);

      away = false;
      expect(await house.settled(5_000)).to.equal(true);
      expect(house.firstAppearances('a')).to.deep.equal(upTo(200));
      expect(house.observer.count(/^lane 0 taken/), 'nobody else wanted it').to.equal(1);
      await house.stop(relay);
    });
  });

  describe('stopping', () => {
    it('given a publish in flight / when stopped / then it is finished and settled, nothing new is begun, and the lease is free at once', async () => {
      const house = new RelayHouse(1, { latencyMs: () => 800 });
      await house.append('a', 1_000);
      const relay = house.relay();
      relay.start();
      await house.clock.runUntil(() => house.publisher.requests === 1, 1_000);
      const before = house.clock.monotonic();
      await house.stop(relay);
      expect(house.clock.monotonic() - before).to.be.at.most(900);
      expect(house.count('COMPLETED')).to.equal(500);
      expect(house.published()).to.have.lengthOf(500);
      expect(house.observer.lines.at(-1)).to.equal('lane 0 given back');

      const successor = house.relay({ owner: 'relay-2' });
      successor.start();
      expect(await house.settled(2_000)).to.equal(true);
      expect(house.published()).to.have.lengthOf(1_000);
      await house.stop(successor);
    });

    it('given a settle that cannot be written / when the deadline passes / then stop returns and says so', async () => {
      const house = new RelayHouse();
      await house.append('a');
      const outbox = flakyOutbox(house.relayOutbox, house.clock, (call) =>
        call === 'acknowledge' ? 'unavailable' : 'done',
      );
      const relay = house.relay({}, { outbox });
      relay.start();
      await house.clock.runUntil(() => house.publisher.requests === 1, 1_000);
      const before = house.clock.monotonic();
      await house.stop(relay, 3_000);
      expect(house.clock.monotonic() - before).to.be.within(2_900, 3_100);
      expect(house.observer.count(/^failed to stop the relay: .* within 3000 ms$/)).to.equal(1);
    });

    it('given a standby / when stopped / then it is gone at once', async () => {
      const house = new RelayHouse();
      const first = house.relay();
      first.start();
      await house.clock.advance(1_000);
      const second = house.relay({ owner: 'relay-2' });
      second.start();
      await house.clock.advance(1_000);
      const before = house.clock.monotonic();
      await house.stop(second);
      expect(house.clock.monotonic()).to.equal(before);
      await house.stop(first);
    });

    it('given it was never started / when stopped / then it returns', async () => {
      const house = new RelayHouse();
      await house.relay().stop(1_000);
    });
  });

  describe('survival', () => {
    const calls = ['lanesWithWork', 'claim', 'acknowledge', 'recordFailure'] as const;
    for (const broken of calls)
      it(`given ${broken} throws for a while / then the relay backs off, lives and catches up`, async () => {
        let bad = true;
        let thrown = 0;
        const house = new RelayHouse(1, {
          fate: () => (broken === 'recordFailure' && bad ? { _tag: 'Refused', kind: 'event', reason: 'BAD' } : STORED),
        });
        const outbox = flakyOutbox(house.relayOutbox, house.clock, (call) => {
          if (call !== broken || !bad) return 'done';
          thrown += 1;
          return 'thrown';
        });
        await house.append('a', 3);
        const relay = house.relay({}, { outbox });
        relay.start();
        await house.clock.advance(MINUTE);
        expect(thrown, 'not once, not a storm').to.be.within(5, 200);
        bad = false;
        expect(await house.settled(10_000)).to.equal(true);
        expect(house.firstAppearances('a')).to.deep.equal([1, 2, 3]);
        expect(house.observer.count(/has a bug/)).to.equal(thrown);
        await house.stop(relay);
      });

    it('given a publisher that throws / then the relay backs off, lives and catches up', async () => {
      const house = new RelayHouse();
      let bad = true;
      const publisher = Object.create(house.publisher) as typeof house.publisher;
      publisher.publish = (lane, records) => {
        if (bad) throw new Error('publish has a bug');
        return house.publisher.publish(lane, records);
      };
      await house.append('a', 3);
      const relay = house.relay({}, { publisher });
      relay.start();
      await house.clock.advance(MINUTE);
      expect(house.observer.count(/publish has a bug/)).to.be.within(5, 200);
      bad = false;
      expect(await house.settled(10_000)).to.equal(true);
      await house.stop(relay);
    });

    it('given leases that throw / then the relay lives and takes the lease when they work', async () => {
      const house = new RelayHouse();
      let bad = true;
      const leases = Object.create(house.leases) as typeof house.leases;
      leases.acquire = (...args) => {
        if (bad) throw new Error('acquire has a bug');
        return house.leases.acquire(...args);
      };
      await house.append('a');
      const relay = house.relay({}, { leases });
      relay.start();
      await house.clock.advance(MINUTE);
      expect(house.observer.count(/acquire has a bug/)).to.be.within(5, 200);
      bad = false;
      expect(await house.settled(10_000)).to.equal(true);
      await house.stop(relay);
    });
  });

  describe('answers that never come', () => {
    it('given a batch was stored but its answer lost / then it is sent again: duplicates, in order', async () => {
      let lost = 1;
      const house = new RelayHouse(1, { fate: () => (lost-- > 0 ? { _tag: 'AnswerLost' } : STORED) });
      await house.append('a', 3);
      const relay = house.relay();
      relay.start();
      expect(await house.settled()).to.equal(true);
      expect(house.firstAppearances('a')).to.deep.equal([1, 2, 3]);
      expect(house.published()).to.have.lengthOf.within(4, 6);
      expect(house.attemptsSpent).to.equal(0);
      await house.stop(relay);
    });

    it('given a timed-out batch is stored long after newer ones / then it only repeats', async () => {
      let late = 1;
      const house = new RelayHouse(1, { fate: () => (late-- > 0 ? { _tag: 'StoredLate', afterMs: 20_000 } : STORED) });
      await house.append('a', 2);
      const relay = house.relay();
      relay.start();
      await house.clock.advance(8_000);
      await house.append('a', 2);
      await house.clock.advance(MINUTE);
      expect(house.published()).to.deep.equal(['a#1', 'a#2', 'a#3', 'a#4', 'a#1', 'a#2']);
      await house.stop(relay);
    });
  });
});
