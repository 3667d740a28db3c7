import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect } from 'chai';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { IncomingEvent } from '../../../src/application/ports/consumed-record.ts';
import type { UnitOfWork } from '../../../src/application/ports/unit-of-work.ts';
import { asRecord, brokenRecord, history, incoming } from '../../support/incoming-events.ts';
import { ConsumerHouse, unknownVersion, OPEN_FOR_MS, impatientClock } from './consumer-house.ts';
import type { HouseOptions } from './consumer-house.ts';

const ids = (events: readonly { readonly eventId: string }[]): readonly string[] =>
  events.map(({ eventId }) => eventId);
const signal = new AbortController().signal;

/** Two lives, event by event in turn: 1, 1, 2, 2, … */
const twoOrders = (length: number): readonly IncomingEvent[] => {
  const [one, other] = [history(length), history(length)];
  return one.flatMap((event, index) => [event, ...(other[index] === undefined ? [] : [other[index]])]);
};

/** A house that counts the transactions which carried out something. */
const counting = (options: HouseOptions = {}): { units: string[]; house: ConsumerHouse } => {
  const units: string[] = [];
  const unitOfWork = (real: UnitOfWork): UnitOfWork => ({
    run: (about, work) => {
      units.push(about.action);
      return real.run(about, work);
    },
  });
  return { units, house: new ConsumerHouse({ ...options, unitOfWork }) };
};

describe('consuming records together', () => {
  it('given events of several orders / then one transaction carries them all, each with its effect, in order', async () => {
    const { units, house } = counting();
    const events = twoOrders(5);
    expect(await house.takeTogether(events)).to.deep.equal([10]);
    expect(house.effects()).to.deep.equal(ids(events));
    expect(units).to.deep.equal(['apply a batch of 10 events']);
  });

  it('given the callbacks that the effects ask for / then they are stored with them, each with its event', async () => {
    const house = new ConsumerHouse({
      callbacks: ({ sequence }) =>
        ['first', 'second'].map((name) => ({ name, method: 'POST', path: `/${sequence}`, body: '{}', delayMs: 0 })),
    });
    const events = history(2);
    await house.takeTogether(events);
    const stored = [...house.database.committed.callbacks.values()];
    expect(stored.map(({ eventId, name, path }) => [eventId, name, path])).to.deep.equal(
      events.flatMap(({ eventId, sequence }) => [
        [eventId, 'first', `/${sequence}`],
        [eventId, 'second', `/${sequence}`],
      ]),
    );
  });

  it('given records twice in one batch, and all of them again / then nothing happens twice', async () => {
    const house = new ConsumerHouse();
    const events = twoOrders(2);
    expect(await house.takeTogether(events.flatMap((event) => [event, event]))).to.deep.equal([8]);
    expect(await house.takeTogether([...events, ...events])).to.deep.equal([8]);
    expect(house.effects()).to.deep.equal(ids(events));
  });

  it('given a skip in the batch, and behind it the event it stands for / then what follows goes on', async () => {
    const house = new ConsumerHouse();
    const [first, second, third] = history(3);
    if (!first || !second || !third) throw new Error('three events');
    const skip = incoming(first.orderId, 2, { type: 'EventSkipped', isSkip: true });
    const [other] = history(1);
    if (!other) throw new Error('one event');
    await house.takeTogether([first, skip, second, other, third]);
    expect(house.effects()).to.deep.equal(ids([first, other, third]));
    expect(house.database.committed.orders.get(first.orderId)?.parked).to.equal(null);
  });

  it('given a gap in the batch / then its order is held and heals, and the others are taken', async () => {
    const house = new ConsumerHouse();
    const [first, second, third, fourth] = history(4);
    if (!first || !second || !third || !fourth) throw new Error('four events');
    const other = history(3);
    const [o1, o2, o3] = other;
    if (!o1 || !o2 || !o3) throw new Error('three events');
    await house.takeTogether([first, o1, third, o2, fourth, o3]);
    expect(house.effects(first.orderId)).to.deep.equal([first.eventId]);
    expect(house.effects(o1.orderId)).to.deep.equal(ids(other));
    expect(house.waiting()).to.deep.equal(ids([third, fourth]));
    const [late] = history(1);
    if (!late) throw new Error('one event');
    await house.takeTogether([late, second]);
    expect(house.effects(first.orderId)).to.deep.equal(ids([first, second, third, fourth]));
    expect(house.waiting()).to.deep.equal([]);
  });

  it('given a missing event and its successors in one batch / then stored and fresh ones follow in order', async () => {
    const house = new ConsumerHouse();
    const events = history(5);
    const [first, second, third, fourth, fifth] = events;
    if (!first || !second || !third || !fourth || !fifth) throw new Error('five events');
    await house.takeTogether([first, third]);
    await house.takeTogether([second, fourth, fifth]);
    expect(house.effects()).to.deep.equal(ids(events));
  });

  it('given a first event that must not begin / then the log start is asked as for a single record', async () => {
    const house = new ConsumerHouse({ logStart: () => TE.right(120) });
    const [, , third, fourth] = history(4);
    if (!third || !fourth) throw new Error('four events');
    await house.takeTogether([...history(2), third, fourth]);
    expect(house.database.committed.orders.get(third.orderId)?.baseline?.sequence).to.equal(3);
    expect(house.effects(third.orderId)).to.deep.equal(ids([third, fourth]));
  });

  it('given a handler that fails on the third of ten / then nothing of the batch stays, and each has one effect', async () => {
    let failures = 1;
    const events = twoOrders(5);
    const { units, house } = counting({
      handler: (event) => {
        if (event.eventId !== events[2]?.eventId || failures === 0) return Promise.resolve();
        failures -= 1;
        return Promise.reject(new Error('not now'));
      },
    });
    expect(await house.takeTogether(events)).to.deep.equal([3, 7]);
    expect(house.effects()).to.deep.equal(ids(events));
    expect(units).to.have.length(5);
  });

  it('given a handler that always fails on one event / then its order is parked and the others go on', async () => {
    const events = twoOrders(3);
    const poison = events[2];
    let calls = 0;
    const house = new ConsumerHouse({
      handler: (event) => {
        if (event !== poison) return Promise.resolve();
        calls += 1;
        return Promise.reject(new Error('no'));
      },
    });
    await house.takeTogether(events);
    expect(calls, 'the attempt in the batch is one of the five').to.equal(5);
    expect(house.effects(poison?.orderId)).to.deep.equal([events[0]?.eventId]);
    expect(house.effects(events[1]?.orderId)).to.deep.equal(ids([1, 3, 5].flatMap((index) => events[index] ?? [])));
    expect(house.waiting()).to.deep.equal(ids([2, 4].flatMap((index) => events[index] ?? [])));
    expect(house.database.committed.orders.get(poison?.orderId ?? '')?.parked?.reason).to.match(/failed 5 times/);
  });

  it('given an event that breaks the contract / then its order is parked, its handler never runs, and others go on', async () => {
    const events = twoOrders(2);
    const bad = events[1];
    const house = new ConsumerHouse({ violation: (event) => (event === bad ? unknownVersion : undefined) });
    await house.takeTogether(events);
    expect(house.effects()).to.deep.equal(ids([0, 2].flatMap((index) => events[index] ?? [])));
    expect(house.database.committed.orders.get(bad?.orderId ?? '')?.parked?.reason).to.equal(unknownVersion.reason);
  });

  it('given a record that is no event amid others / then those before and after it are taken', async () => {
    const house = new ConsumerHouse();
    const events = history(4);
    const [a, b, c, d] = events.map(asRecord);
    if (!a || !b || !c || !d) throw new Error('four records');
    const records = [a, b, { _tag: 'Broken' as const, record: brokenRecord(null) }, c, d];
    const consumer = house.batchConsumer();
    const taken: number[] = [];
    for (let done = 0; done < records.length;) {
      const processed = await consumer.process(records.slice(done), signal);
      if (processed._tag !== 'Done') throw new Error(processed._tag);
      taken.push(processed.taken);
      done += processed.taken;
    }
    expect(taken).to.deep.equal([2, 1, 2]);
    expect(house.effects()).to.deep.equal(ids(events));
    expect([...house.database.committed.parkedRecords.values()]).to.have.length(1);
  });

  it('given a dependency that cannot be reached / then nothing is parked and what came before it is done', async () => {
    const events = twoOrders(2);
    const down = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    let away = true;
    const house = new ConsumerHouse({
      outage: (event) => (away && event === events[2] ? down : undefined),
    });
    expect(await house.takeTogether(events)).to.deep.equal([2, 'Unavailable']);
    expect(house.effects()).to.deep.equal(ids(events.slice(0, 2)));
    away = false;
    await house.takeTogether(events);
    expect(house.effects()).to.deep.equal(ids(events));
  });

  it('given orders that others hold for too long / then the records are taken one by one', async () => {
    const contended = (real: UnitOfWork): UnitOfWork => ({
      run: (options, work) =>
        options.action.includes('batch')
          ? TE.left({ _tag: 'ContentionExhausted', action: options.action, reruns: 5, cause: new Error('1213') })
          : real.run(options, work),
    });
    const house = new ConsumerHouse({ unitOfWork: contended });
    const events = twoOrders(2);
    expect(await house.takeTogether(events)).to.deep.equal([4]);
    expect(house.effects()).to.deep.equal(ids(events));
  });

  it('given slow handlers / then a transaction takes no more events once it has been open for long', async () => {
    let now = 0;
    const clock: Clock = { ...impatientClock, monotonic: () => now };
    const house = new ConsumerHouse({
      clock,
      handler: () => {
        now += OPEN_FOR_MS / 2 + 1;
        return Promise.resolve();
      },
    });
    const events = twoOrders(3);
    expect(await house.takeTogether(events)).to.deep.equal([2, 2, 2]);
    expect(house.effects()).to.deep.equal(ids(events));
  });

  it('given slow handlers and a backlog / then a batch is offered little more than fits, and more when they are quick', async () => {
    let now = 0;
    let handlerMs = OPEN_FOR_MS / 10;
    const { units, house } = counting({
      clock: { ...impatientClock, monotonic: () => now },
      handler: () => {
        now += handlerMs;
        return Promise.resolve();
      },
    });
    const consumer = house.batchConsumer();
    const take = async (events: readonly IncomingEvent[]): Promise<void> => {
      for (let done = 0; done < events.length;) {
        const processed = await consumer.process(events.slice(done).map(asRecord), signal);
        if (processed._tag !== 'Done') throw new Error(processed._tag);
        done += processed.taken;
      }
    };
    await take(history(60));
    const offered = units.map((action) => Number(/\d+/.exec(action)?.[0] ?? 0));
    expect(offered[0]).to.equal(60);
    expect(
      offered.slice(1).every((count) => count <= 14),
      `offered ${offered.join(', ')}`,
    ).to.equal(true);
    handlerMs = 0;
    units.length = 0;
    await take(history(100));
    expect(units.length, units.join('; ')).to.be.at.most(5);
  });

  it('given a stop in the middle / then what is done stays done and nothing more is begun', async () => {
    const stop = new AbortController();
    const events = twoOrders(2);
    const house = new ConsumerHouse({
      handler: (event) => {
        if (event === events[1]) stop.abort();
        return Promise.resolve();
      },
    });
    expect(await house.takeTogether(events, stop.signal)).to.deep.equal([2, 'Interrupted']);
    expect(house.effects()).to.deep.equal(ids(events.slice(0, 2)));
  });
});
