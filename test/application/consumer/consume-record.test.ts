import { randomUUID } from 'node:crypto';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect } from 'chai';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { UnitOfWork } from '../../../src/application/ports/unit-of-work.ts';
import { asRecord, brokenRecord, history, incoming } from '../../support/incoming-events.ts';
import { ConsumerHouse, unknownVersion } from './consumer-house.ts';

const ids = (events: readonly { readonly eventId: string }[]): readonly string[] =>
  events.map(({ eventId }) => eventId);
const signal = new AbortController().signal;

/** A handler that fails on one event as long as `broken` says so. */
const failingOn = (sequence: number): { broken: boolean; calls: number; house: ConsumerHouse } => {
  const trouble = { broken: true, calls: 0 };
  const house = new ConsumerHouse({
    handler: (event) => {
      if (event.sequence !== sequence) return Promise.resolve();
      trouble.calls += 1;
      return trouble.broken ? Promise.reject(new TypeError('cannot read properties of undefined')) : Promise.resolve();
    },
  });
  return Object.assign(trouble, { house });
};

describe('consuming records', () => {
  it('given events in order / then each has one effect, in order', async () => {
    const house = new ConsumerHouse();
    const events = history(4);
    expect(await house.takeAll(events)).to.deep.equal(['Applied', 'Applied', 'Applied', 'Applied']);
    expect(house.effects()).to.deep.equal(ids(events));
  });

  it('given a second delivery of everything / then nothing happens twice', async () => {
    const house = new ConsumerHouse();
    const events = history(3);
    await house.takeAll(events);
    expect(await house.takeAll(events)).to.deep.equal(['Duplicate', 'Duplicate', 'Duplicate']);
    expect(house.effects()).to.deep.equal(ids(events));
  });

  it('given a gap / then the order is held, and heals when the missing event arrives', async () => {
    const house = new ConsumerHouse();
    const events = history(4);
    const [first, second, third, fourth] = events;
    if (!first || !second || !third || !fourth) throw new Error('four events');
    expect(await house.takeAll([first, fourth, third])).to.deep.equal(['Applied', 'Held', 'Held']);
    expect(house.effects()).to.deep.equal([first.eventId]);
    expect(await house.takeAll([second])).to.deep.equal(['Applied']);
    expect(house.effects()).to.deep.equal(ids(events));
    expect(house.database.committed.waiting.values().next().done).to.equal(true);
  });

  it('given a gap in one order / then other orders go on', async () => {
    const house = new ConsumerHouse();
    const other = history(2);
    const [, , late] = history(3);
    if (!late) throw new Error('three events');
    expect(await house.takeAll([late, ...other])).to.deep.equal(['Held', 'Applied', 'Applied']);
  });

  describe('parking', () => {
    it('given a handler that fails every time / then it is tried five times and its order is parked', async () => {
      const trouble = failingOn(2);
      const events = history(4);
      expect(await trouble.house.takeAll(events)).to.deep.equal(['Applied', 'Parked', 'Held', 'Held']);
      expect(trouble.calls).to.equal(5);
      expect(trouble.house.effects()).to.deep.equal(ids(events.slice(0, 1)));
      const { orderId = '' } = events[0] ?? {};
      expect(trouble.house.database.committed.orders.get(orderId)?.parked?.reason).to.match(
        /failed 5 times: TypeError: cannot read/,
      );
    });

    it('given a parked order whose cause was mended / when released / then all its events follow in order', async () => {
      const trouble = failingOn(2);
      const events = history(4);
      await trouble.house.takeAll(events);
      trouble.broken = false;
      const consumer = trouble.house.consumer();
      expect(await consumer.release(events[0]?.orderId ?? '')()).to.deep.equal({ _tag: 'Right', right: true });
      await consumer.sweep(signal);
      expect(trouble.house.effects()).to.deep.equal(ids(events));
    });

    it('given a parked order whose cause remains / when released / then it is parked again and nothing is lost', async () => {
      const trouble = failingOn(2);
      const events = history(3);
      await trouble.house.takeAll(events);
      const consumer = trouble.house.consumer();
      await consumer.release(events[0]?.orderId ?? '')();
      await consumer.sweep(signal);
      expect(trouble.house.database.committed.orders.get(events[0]?.orderId ?? '')?.parked).to.not.equal(null);
      expect(trouble.house.waiting()).to.deep.equal(ids(events.slice(1)));
    });

    it('given an order that is not parked / when released / then nothing changes and the answer says so', async () => {
      const house = new ConsumerHouse();
      expect(await house.consumer().release(randomUUID())()).to.deep.equal({ _tag: 'Right', right: false });
    });

    it('given a payload off its schema / then its order is parked at once and its handler never runs', async () => {
      let handled = 0;
      const house = new ConsumerHouse({
        violation: (event) => (event.sequence === 2 ? unknownVersion : undefined),
        handler: () => {
          handled += 1;
          return Promise.resolve();
        },
      });
      expect(await house.takeAll(history(3))).to.deep.equal(['Applied', 'Parked', 'Held']);
      expect(handled).to.equal(1);
    });

    it('given orders parked by newer versions and by a handler / when those of newer versions are released after an upgrade / then only they go on', async () => {
      let upgraded = false;
      const newer = [history(2), history(3)];
      const sick = history(2);
      const house = new ConsumerHouse({
        violation: (event) => (event.version > 1 && !upgraded ? unknownVersion : undefined),
        handler: ({ orderId }) => (orderId === sick[0]?.orderId ? Promise.reject(new Error('no')) : Promise.resolve()),
      });
      const events = newer.flat().map((event) => ({ ...event, version: event.sequence === 2 ? 2 : 1 }));
      await house.takeAll([...events, ...sick]);
      upgraded = true;
      const consumer = house.consumer();
      expect(await consumer.releaseAll('unknown-version')()).to.deep.equal({ _tag: 'Right', right: 2 });
      await consumer.sweep(signal);
      for (const order of newer) expect(house.effects(order[0]?.orderId)).to.deep.equal(ids(order));
      expect(house.waiting()).to.deep.equal(ids(sick));
      expect(await consumer.releaseAll('unknown-version')()).to.deep.equal({ _tag: 'Right', right: 0 });
      expect(await consumer.releaseAll(undefined)()).to.deep.equal({ _tag: 'Right', right: 1 });
    });

    it('given more parked orders than one page whose cause remains / when all are released / then each is met once', async () => {
      const house = new ConsumerHouse({ violation: () => unknownVersion });
      await house.takeAll(Array.from({ length: 501 }, () => incoming(randomUUID(), 1)));
      expect(await house.consumer().releaseAll('unknown-version')()).to.deep.equal({ _tag: 'Right', right: 501 });
    });

    it('given a rewind / then the order is parked with the newcomer as evidence', async () => {
      const house = new ConsumerHouse();
      const events = history(2);
      const impostor = incoming(events[0]?.orderId ?? '', 1, { payload: '{"other":true}' });
      expect(await house.takeAll([...events, impostor])).to.deep.equal(['Applied', 'Applied', 'Parked']);
      const kept = [...house.database.committed.parkedRecords.values()];
      expect(kept.map(({ record }) => record.eventId)).to.deep.equal([impostor.eventId]);
    });

    it('given evidence that was dismissed / when its record is delivered again / then the order is not parked again', async () => {
      const house = new ConsumerHouse();
      const events = history(2);
      const { orderId = '' } = events[0] ?? {};
      const impostor = incoming(orderId, 1, { payload: '{"other":true}' });
      await house.takeAll([...events, impostor]);
      await house.consumer().release(orderId)();
      expect(await house.takeAll([impostor])).to.deep.equal(['Duplicate']);
      expect(house.database.committed.orders.get(orderId)?.parked).to.equal(null);
    });

    it('given a broken record with a readable order / then it parks that order', async () => {
      const house = new ConsumerHouse();
      const [first, second] = history(2);
      if (!first || !second) throw new Error('two events');
      await house.take(asRecord(first));
      const processed = await house.take({ _tag: 'Broken', record: brokenRecord(first.orderId) });
      expect(processed).to.deep.equal({ _tag: 'Done', settled: { _tag: 'Parked', reason: 'the record has no value' } });
      expect(await house.takeAll([second])).to.deep.equal(['Held']);
    });

    it('given a broken record without one / then it parks alone', async () => {
      const house = new ConsumerHouse();
      const events = history(2);
      await house.take({ _tag: 'Broken', record: brokenRecord(null) });
      expect(await house.takeAll(events)).to.deep.equal(['Applied', 'Applied']);
      expect([...house.database.committed.parkedRecords.values()]).to.have.length(1);
    });
  });

  describe('skips', () => {
    it('given a skip in turn / then there is no effect, and what follows goes on', async () => {
      const house = new ConsumerHouse();
      const [first, second, third] = history(3);
      if (!first || !second || !third) throw new Error('three events');
      const skip = incoming(first.orderId, 2, { type: 'EventSkipped', isSkip: true });
      expect(await house.takeAll([first, skip, third])).to.deep.equal(['Applied', 'Applied', 'Applied']);
      expect(house.effects()).to.deep.equal([first.eventId, third.eventId]);
      expect(await house.takeAll([second])).to.deep.equal(['Duplicate']);
    });
  });

  describe('beginning in the middle', () => {
    it('given a partition that starts above 0 / then a first event with sequence 3 is applied and the baseline recorded', async () => {
      const house = new ConsumerHouse({ logStart: () => TE.right(120) });
      const [, , third, fourth] = history(4);
      if (!third || !fourth) throw new Error('four events');
      expect(await house.takeAll([third, fourth])).to.deep.equal(['Applied', 'Applied']);
      expect(house.database.committed.orders.get(third.orderId)?.baseline).to.deep.equal({
        sequence: 3,
        because: 'the partition starts at offset 120',
      });
    });

    it('given a declared baseline / then it is recorded with its reason', async () => {
      const house = new ConsumerHouse({ baseline: 'rebuilt from a copy of 2026-01-01' });
      const [, second] = history(2);
      if (!second) throw new Error('two events');
      await house.takeAll([second]);
      expect(house.database.committed.orders.get(second.orderId)?.baseline?.because).to.equal(
        'the group declares a baseline: rebuilt from a copy of 2026-01-01',
      );
    });

    it('given a log start that cannot be asked / then the record waits outside: nothing is stored or applied', async () => {
      const house = new ConsumerHouse({
        logStart: () => TE.left({ _tag: 'DependencyUnavailable', cause: new Error('no broker') }),
      });
      const [, second] = history(2);
      if (!second) throw new Error('two events');
      expect(await house.takeAll([second])).to.deep.equal(['Unavailable']);
      expect(house.waiting()).to.deep.equal([]);
    });
  });

  it('given a database that is away / then the record is not taken, not parked, and taken later', async () => {
    let away = true;
    const failing = (real: UnitOfWork): UnitOfWork => ({
      run: (options, work) =>
        away ? TE.left(storageUnavailable(options.action, new Error('refused'))) : real.run(options, work),
    });
    const house = new ConsumerHouse({ unitOfWork: failing });
    const events = history(2);
    expect(await house.takeAll(events)).to.deep.equal(['Unavailable', 'Unavailable']);
    away = false;
    expect(await house.takeAll(events)).to.deep.equal(['Applied', 'Applied']);
  });

  it('given a stop during the retries of a handler / then it is interrupted and nothing is parked', async () => {
    const stop = new AbortController();
    const house = new ConsumerHouse({
      handler: () => {
        stop.abort();
        return Promise.reject(new Error('no'));
      },
    });
    const [event] = history(1);
    if (!event) throw new Error('one event');
    expect(await house.consumer().process(asRecord(event), stop.signal)).to.deep.equal({ _tag: 'Interrupted' });
    expect(house.database.committed.orders.get(event.orderId)?.parked ?? null).to.equal(null);
  });
});
