import { randomUUID } from 'node:crypto';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { expect } from 'chai';
import { PurgeInbox } from '../../src/application/consumer/purge-inbox.ts';
import type { InboxPurged } from '../../src/application/consumer/purge-inbox.ts';
import { steadyPace } from '../../src/application/operations/pace.ts';
import type { Pace } from '../../src/application/operations/pace.ts';
import type { IncomingEvent } from '../../src/application/ports/consumed-record.ts';
import type { CallbackOutbox, StoredCallback } from '../../src/application/ports/consumer-callbacks.ts';
import type { InboxRetention } from '../../src/application/ports/inbox-retention.ts';
import type { Inbox, InboxState, ParkingCause } from '../../src/application/ports/inbox.ts';
import type { Transaction } from '../../src/application/ports/transaction.ts';
import type { UnitOfWork } from '../../src/application/ports/unit-of-work.ts';
import { brokenRecord, history, incoming } from '../support/incoming-events.ts';
import { right } from './storage-under-test.ts';

/** The storage of a consumer named `payment`, empty at first. */
export interface ConsumerStorage {
  readonly unitOfWork: UnitOfWork;
  readonly inbox: Inbox;
  readonly retention: InboxRetention;
  readonly callbacks: CallbackOutbox;
  /** Of the order: reason of its parking, or null; sequence of its baseline, or null. */
  readonly order: (orderId: string) => Promise<{ readonly parked: string | null; readonly baseline: number | null }>;
  /** Lets due times seem `ms` nearer, and what was applied `ms` older. */
  readonly passTime: (ms: number) => Promise<void>;
}

const options = { action: 'test', rerunAfterUnknownCommit: true };
const twoOf = (events: readonly IncomingEvent[]): readonly [IncomingEvent, IncomingEvent] => {
  const [first, second] = events;
  if (first === undefined || second === undefined) throw new Error('two events');
  return [first, second];
};

export const consumerStorageSuite = (open: () => Promise<ConsumerStorage>): void => {
  let storage: ConsumerStorage;
  beforeEach(async () => {
    storage = await open();
  });

  const unit = <A>(work: (tx: Transaction) => TaskEither<unknown, A>): Promise<A> =>
    right(storage.unitOfWork.run(options, work));
  const state = (event: IncomingEvent): Promise<InboxState> => unit((tx) => storage.inbox.stateFor(tx, event));
  const apply = (event: IncomingEvent): Promise<void> =>
    unit((tx) =>
      pipe(
        storage.inbox.lock(tx, event.orderId),
        TE.flatMap(() => storage.inbox.recordApplied(tx, event, undefined)),
      ),
    );
  const hold = (event: IncomingEvent): Promise<void> =>
    unit((tx) =>
      pipe(
        storage.inbox.lock(tx, event.orderId),
        TE.flatMap(() => storage.inbox.hold(tx, event)),
      ),
    );
  const park = (orderId: string, reason: string, cause: ParkingCause = 'handler-failed'): Promise<void> =>
    unit((tx) => storage.inbox.park(tx, { orderId, cause, reason, eventId: null }));
  const next = (orderId: string): Promise<IncomingEvent | undefined> =>
    unit((tx) => storage.inbox.nextWaiting(tx, orderId));

  describe('inbox', () => {
    it('given an order never seen / then its state is empty', async () => {
      expect(await state(incoming(randomUUID(), 1))).to.deep.equal({
        lastSequence: 0,
        parked: false,
        applied: undefined,
        waiting: undefined,
        sequenceSkipped: false,
        purgedThrough: 0,
        othersWait: false,
      });
    });

    it('given an applied event / then its fingerprint and the sequence are known', async () => {
      const [first, second] = twoOf(history(2));
      await apply(first);
      expect(await state(first)).to.include({ lastSequence: 1, applied: first.fingerprint });
      expect(await state(second)).to.include({ lastSequence: 1, applied: undefined });
    });

    it('given a unit that ends with a Left / then nothing of it is remembered', async () => {
      const event = incoming(randomUUID(), 1);
      const failed = await storage.unitOfWork.run(options, (tx) =>
        pipe(
          storage.inbox.lock(tx, event.orderId),
          TE.flatMap(() => storage.inbox.recordApplied(tx, event, undefined)),
          TE.flatMap(() => TE.left('no' as const)),
        ),
      )();
      expect(failed).to.deep.equal({ _tag: 'Left', left: 'no' });
      expect(await state(event)).to.include({ lastSequence: 0, applied: undefined });
    });

    it('given a skip / then its sequence counts as skipped, others do not', async () => {
      const [first, second] = twoOf(history(2));
      const skip = incoming(first.orderId, 1, { isSkip: true, type: 'EventSkipped' });
      await apply(skip);
      expect(await state(first)).to.include({ lastSequence: 1, sequenceSkipped: true });
      expect(await state(second)).to.include({ lastSequence: 1, sequenceSkipped: false });
    });

    it('given stored events / then the lowest is next, whole, and storing one twice changes nothing', async () => {
      const orderId = randomUUID();
      const third = incoming(orderId, 3, { headers: { traceparent: '00-ab' }, payload: '{"name":"Zoë 🚚 \\u0000"}' });
      const second = incoming(orderId, 2);
      await hold(third);
      await hold(second);
      await hold(third);
      expect(await next(orderId)).to.deep.equal(second);
      expect(await state(third)).to.include({ waiting: third.fingerprint, othersWait: true });
      await apply(second);
      expect(await next(orderId)).to.deep.equal(third);
      expect(await state(third)).to.include({ othersWait: false });
      await unit((tx) => storage.inbox.discard(tx, third));
      expect(await next(orderId)).to.equal(undefined);
    });

    it('given a parked order / then the first reason stays, its events wait, and release ends it', async () => {
      const [first, second] = twoOf(history(2));
      await hold(first);
      await park(first.orderId, 'the first reason');
      await park(first.orderId, 'another reason');
      expect((await storage.order(first.orderId)).parked).to.equal('the first reason');
      expect(await state(second)).to.include({ parked: true });
      expect(await next(first.orderId)).to.equal(undefined);
      expect(await unit((tx) => storage.inbox.release(tx, first.orderId))).to.equal(true);
      expect(await unit((tx) => storage.inbox.release(tx, first.orderId))).to.equal(false);
      expect(await state(second)).to.include({ parked: false });
      expect(await next(first.orderId)).to.deep.equal(first);
    });

    it('given orders with stored events / then those whose turn has come can be drained, parked ones not', async () => {
      const [ready, gap, parked] = [randomUUID(), randomUUID(), randomUUID()];
      await hold(incoming(ready, 1));
      await hold(incoming(gap, 2));
      await hold(incoming(parked, 1));
      await park(parked, 'broken');
      expect(await right(storage.inbox.drainable(10))).to.deep.equal([ready]);
      await apply(incoming(gap, 1));
      expect([...(await right(storage.inbox.drainable(10)))].sort()).to.deep.equal([ready, gap].sort());
    });

    it('given parked orders / then they are found by their first cause, in pages, until they are released', async () => {
      const orders = Array.from({ length: 5 }, () => randomUUID()).sort();
      const [first = '', second = '', third = '', fourth = '', healthy = ''] = orders;
      for (const orderId of [first, second, third]) await park(orderId, 'version 2 is not known', 'unknown-version');
      await park(second, 'then something else', 'contradiction');
      await park(fourth, 'the handler failed 5 times');
      await apply(incoming(healthy, 1));
      const found = (cause: ParkingCause | undefined, after = '', limit = 10): Promise<readonly string[]> =>
        right(storage.inbox.parkedOrders({ cause, after, limit }));
      expect(await found('unknown-version')).to.deep.equal([first, second, third]);
      expect(await found('unknown-version', '', 2)).to.deep.equal([first, second]);
      expect(await found('unknown-version', second, 2)).to.deep.equal([third]);
      expect(await found('contradiction')).to.deep.equal([]);
      expect(await found(undefined)).to.deep.equal([first, second, third, fourth]);
      await unit((tx) => storage.inbox.release(tx, first));
      expect(await found('unknown-version')).to.deep.equal([second, third]);
    });

    it('given a record kept before / then keeping the same bytes of the same place again is not new', async () => {
      const keep = (more: Parameters<typeof brokenRecord>[1]): Promise<boolean> =>
        unit((tx) => storage.inbox.keep(tx, brokenRecord(null, more)));
      expect(await keep({})).to.equal(true);
      expect(await keep({})).to.equal(false);
      expect(await keep({ value: Buffer.from([0xff, 0x00, 0xfe]) })).to.equal(true);
      expect(await keep({ value: Buffer.from([0xff, 0x00, 0xfe]) })).to.equal(false);
      expect(await keep({ value: Buffer.from([]) })).to.equal(true);
      expect(await keep({ source: { topic: 'orders.events.v1', partition: 1, offset: 7 } })).to.equal(true);
    });

    it('given a baseline / then it is kept while the order goes on', async () => {
      const fifth = incoming(randomUUID(), 5);
      await unit((tx) =>
        pipe(
          storage.inbox.lock(tx, fifth.orderId),
          TE.flatMap(() => storage.inbox.recordApplied(tx, fifth, { sequence: 5, because: 'deleted before' })),
        ),
      );
      await apply(incoming(fifth.orderId, 6));
      expect((await storage.order(fifth.orderId)).baseline).to.equal(5);
    });

    it('given many events of many orders / then each state is what it is alone, in their order', async () => {
      const [known, next] = twoOf(history(2));
      const skip = incoming(randomUUID(), 1, { isSkip: true, type: 'EventSkipped' });
      const skippedOver = incoming(skip.orderId, 1);
      const stored = incoming(randomUUID(), 3);
      const beside = incoming(stored.orderId, 1);
      const parked = incoming(randomUUID(), 1);
      const unseen = incoming(randomUUID(), 1);
      await apply(known);
      await apply(skip);
      await hold(stored);
      await park(parked.orderId, 'broken');
      const events = [unseen, next, known, skippedOver, stored, beside, parked, known];
      const together = await unit((tx) => storage.inbox.statesFor(tx, events));
      const alone = await unit((tx) =>
        TE.traverseSeqArray((event: IncomingEvent) => storage.inbox.stateFor(tx, event))(events),
      );
      expect(together).to.deep.equal(alone);
      expect(alone[3]).to.include({ sequenceSkipped: true });
      expect(alone[5]).to.include({ othersWait: true, waiting: undefined });
      expect(await unit((tx) => storage.inbox.statesFor(tx, []))).to.deep.equal([]);
    });

    it('given many events noted together / then each is known and each order stands at its last', async () => {
      const orders = [history(3), history(1)];
      const skip = incoming(orders[1]?.[0]?.orderId ?? '', 2, { isSkip: true, type: 'EventSkipped' });
      const events = [...orders.flat(), skip];
      await unit((tx) =>
        pipe(
          storage.inbox.statesFor(tx, events),
          TE.flatMap(() => storage.inbox.recordAllApplied(tx, events)),
        ),
      );
      const known = await Promise.all(events.map(state));
      expect(known.map(({ applied }) => applied)).to.deep.equal(events.map(({ fingerprint }) => fingerprint));
      expect(known.map(({ lastSequence }) => lastSequence)).to.deep.equal([3, 3, 3, 2, 2]);
      expect(known.map(({ sequenceSkipped }) => sequenceSkipped)).to.deep.equal([false, false, false, false, true]);
    });

    it('given two members that lock the same orders from opposite ends / then both get through', async () => {
      const events = Array.from({ length: 12 }, () => incoming(randomUUID(), 1));
      const member = (mine: readonly IncomingEvent[]): Promise<number> =>
        unit((tx) =>
          pipe(
            storage.inbox.statesFor(tx, mine),
            TE.flatMap((states) => {
              const fresh = mine.filter((_, index) => states[index]?.applied === undefined);
              return TE.map(() => fresh.length)(storage.inbox.recordAllApplied(tx, fresh));
            }),
          ),
        );
      const noted = await Promise.all([member(events), member([...events].reverse())]);
      expect([...noted].sort((a, b) => a - b)).to.deep.equal([0, 12]);
    });

    it('given twenty members with the same event / then exactly one finds it new', async () => {
      const event = incoming(randomUUID(), 1);
      const attempt = (tx: Transaction): TaskEither<unknown, boolean> =>
        pipe(
          storage.inbox.stateFor(tx, event),
          TE.flatMap(({ lastSequence }) =>
            lastSequence === 0
              ? TE.map(() => true)(storage.inbox.recordApplied(tx, event, undefined))
              : TE.right(false),
          ),
        );
      const found = await Promise.all(Array.from({ length: 20 }, () => unit(attempt)));
      expect(found.filter((isNew) => isNew)).to.have.length(1);
    });
  });

  describe('inbox retention', () => {
    const WEEK = 604_800_000;
    const DAY = 86_400_000;
    /** Of a topic that keeps its records for a week. */
    const purge = (olderThanMs: number, topicKeepsForMs = WEEK, pace: Pace = steadyPace(2)): Promise<InboxPurged> =>
      right(
        new PurgeInbox({
          unitOfWork: storage.unitOfWork,
          retention: storage.retention,
          topicKeepsForMs: TE.right(topicKeepsForMs),
        }).handle(olderThanMs, pace),
      );

    it('given old rows and young ones / then the old go, and what comes again of them is still known to be settled', async () => {
      const [orderId, other] = [randomUUID(), randomUUID()];
      const early = [incoming(orderId, 1), incoming(orderId, 2), incoming(other, 1)];
      for (const event of early) await apply(event);
      await storage.passTime(9 * DAY);
      const late = incoming(orderId, 3);
      await apply(late);

      expect(await purge(DAY)).to.include({ rows: 3 });
      expect(await purge(DAY)).to.include({ rows: 0 });
      const [first, second] = await Promise.all(early.map(state));
      for (const known of [first, second])
        expect(known).to.include({ applied: undefined, lastSequence: 3, purgedThrough: 2 });
      expect(await state(late)).to.include({ applied: late.fingerprint, purgedThrough: 2 });
      expect(await unit((tx) => storage.inbox.statesFor(tx, [...early, late]))).to.deep.equal(
        await Promise.all([...early, late].map(state)),
      );
      expect(await state(incoming(orderId, 4))).to.include({ lastSequence: 3, applied: undefined });
    });

    it('given a topic that keeps its records for longer, or for ever / then rows stay as long, and a day', async () => {
      await apply(incoming(randomUUID(), 1));
      await storage.passTime(WEEK + DAY - 60_000);
      expect(await purge(DAY)).to.include({ rows: 0 });
      expect(await purge(DAY, Infinity)).to.include({ rows: 0 });
      await storage.passTime(120_000);
      expect(await purge(2 * WEEK)).to.include({ rows: 0 });
      expect(await purge(DAY)).to.include({ rows: 1 });
    });

    it('given events that wait or a parked order / then they stay, and the order with them', async () => {
      const [first, second] = twoOf(history(2));
      await hold(first);
      await hold(second);
      await park(first.orderId, 'broken');
      await storage.passTime(90 * DAY);
      expect(await purge(DAY)).to.include({ rows: 0 });
      expect(await state(first)).to.include({ parked: true, waiting: first.fingerprint, othersWait: true });
    });

    it('given a pace that ends / then it stops there, and the next run goes on', async () => {
      for (const event of history(5)) await apply(event);
      await storage.passTime(9 * DAY);
      const allowed = [2, 2, 0];
      expect(await purge(DAY, WEEK, { next: () => Promise.resolve(allowed.shift() ?? 0) })).to.include({ rows: 4 });
      expect(await purge(DAY)).to.include({ rows: 1 });
    });
  });

  describe('callback rows', () => {
    const append = async (orderId: string, names: readonly string[], delayMs = 0): Promise<string> => {
      const eventId = randomUUID();
      const rows = names.map((name) => ({ name, method: 'POST' as const, path: '/x', body: '{"a":"ü"}', delayMs }));
      const origin = { eventId, orderId, sequence: 1 };
      await unit((tx) =>
        storage.callbacks.append(
          tx,
          rows.map((callback) => ({ origin, callback })),
        ),
      );
      return eventId;
    };
    const claim = (limit = 10): Promise<readonly StoredCallback[]> => right(storage.callbacks.claim(limit, 10_000));

    it('given a new one / then it is claimed whole, with its key, once', async () => {
      const orderId = randomUUID();
      const eventId = await append(orderId, ['payment']);
      const [claimed, ...more] = await claim();
      expect(more).to.deep.equal([]);
      expect(claimed).to.include({ eventId, orderId, name: 'payment', body: '{"a":"ü"}', attempts: 1 });
      expect(claimed?.idempotencyKey).to.equal(`payment:${eventId}:payment`);
      expect(await claim()).to.deep.equal([]);
    });

    it('given a lease that ran out / then it is claimed again, with the same key', async () => {
      await append(randomUUID(), ['payment']);
      const [first] = await claim();
      await storage.passTime(10_001);
      const [second] = await claim();
      expect(second).to.include({ id: first?.id, idempotencyKey: first?.idempotencyKey, attempts: 2 });
    });

    it('given two of one order / then the second comes after the first has ended', async () => {
      await append(randomUUID(), ['first', 'second']);
      const [first, ...more] = await claim();
      expect(first?.name).to.equal('first');
      expect(more).to.deep.equal([]);
      await right(storage.callbacks.retry(first?.id ?? 0, 5_000, 'HTTP 503'));
      expect(await claim()).to.deep.equal([]);
      await storage.passTime(5_001);
      expect((await claim()).map(({ name }) => name)).to.deep.equal(['first']);
      await right(storage.callbacks.delivered([{ id: first?.id ?? 0, status: 200 }]));
      expect((await claim()).map(({ name }) => name)).to.deep.equal(['second']);
    });

    it('given many that end together / then none of them comes again, and no other one ends', async () => {
      for (let n = 0; n < 4; n += 1) await append(randomUUID(), ['payment']);
      const [spared, ...answered] = await claim();
      await right(storage.callbacks.delivered(answered.map(({ id }) => ({ id, status: 201 }))));
      await right(storage.callbacks.delivered([]));
      await storage.passTime(60_000);
      expect((await claim()).map(({ id }) => id)).to.deep.equal([spared?.id]);
    });

    it('given one that is given back / then it is due at once, and the claim was no attempt', async () => {
      await append(randomUUID(), ['payment']);
      const [first] = await claim();
      await right(storage.callbacks.giveBack([first?.id ?? 0]));
      const [again] = await claim();
      expect(again).to.include({ id: first?.id, attempts: 1 });
      await right(storage.callbacks.giveBack([]));
    });

    it('given a delay / then it is not due before', async () => {
      await append(randomUUID(), ['delivery'], 60_000);
      expect(await claim()).to.deep.equal([]);
      await storage.passTime(60_001);
      expect(await claim()).to.have.length(1);
    });

    it('given a refusal / then it ends once', async () => {
      await append(randomUUID(), ['payment']);
      const [claimed] = await claim();
      const refuse = (): Promise<boolean> =>
        unit((tx) => storage.callbacks.refuse(tx, claimed?.id ?? 0, { status: 409, body: 'cancelled' }));
      expect(await refuse()).to.equal(true);
      expect(await refuse()).to.equal(false);
      await storage.passTime(60_000);
      expect(await claim()).to.deep.equal([]);
    });

    it('given the same callback of the same event again / then there is still one', async () => {
      const origin = { eventId: randomUUID(), orderId: randomUUID(), sequence: 1 };
      const callback = { name: 'payment', method: 'POST' as const, path: '/x', body: '{}', delayMs: 0 };
      for (let n = 0; n < 2; n += 1) await unit((tx) => storage.callbacks.append(tx, [{ origin, callback }]));
      expect(await claim()).to.have.length(1);
    });

    it('given many claims at once / then each callback is taken by one', async () => {
      for (let n = 0; n < 12; n += 1) await append(randomUUID(), ['payment']);
      const claims = await Promise.all(Array.from({ length: 6 }, () => claim(4)));
      const ids = claims.flat().map(({ id }) => id);
      expect(new Set(ids).size).to.equal(ids.length);
      const rest = await claim(100);
      expect(ids.length + rest.length).to.equal(12);
    });
  });
};
