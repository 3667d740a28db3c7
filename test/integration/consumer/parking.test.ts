import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Subscription } from '../../../src/application/consumer/subscription.ts';
import { eventually } from '../../support/eventually.ts';
import { KitUnderTest, noteEffect, onEvery } from './kit-under-test.ts';
import type { Effect } from './kit-under-test.ts';
import { asMessage, asMessages, envelope, lifeOf, newOrderId } from './order-lifecycle.ts';

/** What a later release adds: it reads version 2, here one whose payload is that of version 1. */
const knowsVersion2 = (real: Subscription): Subscription => ({
  prepare: (event) => real.prepare(event.version === 2 ? { ...event, version: 1 } : event),
});

describe('parking an order', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  beforeEach(async () => {
    kit = await KitUnderTest.open();
  });
  afterEach(() => kit.close());

  const failures: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['throws a TypeError', () => Promise.reject(new TypeError('cannot read properties of undefined'))],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what careless code does
    ['throws no error object', () => Promise.reject(undefined)],
    ['answers a Left', () => Promise.resolve(E.left('out of stock'))],
  ];
  for (const [name, fail] of failures)
    it(`given a handler that ${name} / then its order waits, others go on, and reprocessing drains it in order`, async () => {
      const sick = newOrderId();
      const healthy = newOrderId();
      let broken = true;
      let calls = 0;
      const effect: Effect = async (event, context) => {
        await noteEffect(event, context);
        if (event.orderId !== sick || event.sequence !== 2 || !broken) return undefined;
        calls += 1;
        return fail();
      };
      const consumer = await kit.start({ handlers: onEvery(effect) });
      await kit.produce(asMessages([...lifeOf(sick), ...lifeOf(healthy)]));

      await eventually(async () => expect(await kit.effects(healthy)).to.have.length(4));
      expect(calls).to.equal(5);
      const parked = await kit.progress(consumer, sick);
      expect(parked.parked?.reason).to.match(/^the handler failed 5 times/);
      expect(parked.waiting.map(({ sequence }) => sequence)).to.deep.equal([2, 3, 4]);
      expect(parked.applied.map(({ sequence }) => sequence)).to.deep.equal([1]);

      broken = false;
      expect(await consumer.reprocess(sick)()).to.deep.equal(E.right(true));
      await eventually(async () =>
        expect((await kit.effects(sick)).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]),
      );
      const { parked: after, waiting } = await kit.progress(consumer, sick);
      expect({ after, waiting }).to.deep.equal({ after: null, waiting: [] });
    });

  it('given a SQL error of the handler itself / then it parks and does not pause', async () => {
    const orderId = newOrderId();
    const handlers = onEvery((_, { tx }) => tx.execute('INSERT INTO no_such_table (id) VALUES (1)'));
    const consumer = await kit.start({ handlers });
    await kit.produce(asMessages(lifeOf(orderId)));
    await eventually(async () => expect((await kit.progress(consumer, orderId)).waiting).to.have.length(4));
    expect((await kit.progress(consumer, orderId)).parked?.reason).to.match(/no_such_table/);
    expect(await kit.metric(consumer, 'pauses_total')).to.equal(0);
  });

  it('given a parked order and a restart / then it stays parked and what was stored stays stored', async () => {
    const orderId = newOrderId();
    const sick = onEvery(() => Promise.reject(new Error('no')));
    const first = await kit.start({ handlers: sick });
    await kit.produce(asMessages(lifeOf(orderId)));
    await eventually(async () => expect(await kit.committed()).to.equal(4));
    await kit.stop(first);
    const second = await kit.start();
    await eventually(() => expect(second.kafka.joined).to.equal(true));
    expect((await kit.progress(second, orderId)).waiting).to.have.length(4);
    await second.reprocess(orderId)();
    await eventually(async () => expect(await kit.effects(orderId)).to.have.length(4));
  });
});

describe('an event of a newer version', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  beforeEach(async () => {
    kit = await KitUnderTest.open();
  });
  afterEach(() => kit.close());

  it('given consumers that do not know it yet / then its orders wait, and after the upgrade one command drains them', async () => {
    const orders = [newOrderId(), newOrderId()];
    const old = await kit.start();
    const events = orders.flatMap((orderId) =>
      lifeOf(orderId).map((event) => ({ ...event, version: event.type === 'OrderPaid' ? 2 : 1 })),
    );
    await kit.produce(asMessages(events));
    await eventually(async () => {
      for (const orderId of orders) expect((await kit.progress(old, orderId)).waiting).to.have.length(3);
    });
    expect((await kit.progress(old, orders[0] ?? '')).parked?.reason).to.match(/^version 2 of OrderPaid is not known/);
    await kit.stop(old);

    const upgraded = await kit.start({}, {}, { subscription: knowsVersion2 });
    expect(await upgraded.reprocessAll('unknown-version')()).to.deep.equal(E.right(2));
    await eventually(async () => {
      for (const orderId of orders)
        expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]);
    });
  });

  it('given an EventSkipped of it / then it is a skip all the same', async () => {
    const orderId = newOrderId();
    const [first, , third] = lifeOf(orderId);
    if (!first || !third) throw new Error('three events');
    const consumer = await kit.start();
    const skip = {
      ...envelope(orderId, 2, 'OrderPaid', { version: 2, payload: '{"grown":true}' }),
      type: 'EventSkipped',
    };
    await kit.produce(asMessages([first, skip, third]));
    await eventually(async () => expect(await kit.committed()).to.equal(3));
    expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([1, 3]);
    expect((await kit.progress(consumer, orderId)).parked).to.equal(null);
  });
});

describe('a gap', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  beforeEach(async () => {
    kit = await KitUnderTest.open();
  });
  afterEach(() => kit.close());

  it('given a missing event / when it arrives / then all follow in order', async () => {
    const orderId = newOrderId();
    const [first, second, third, fourth] = lifeOf(orderId).map(asMessage);
    if (!first || !second || !third || !fourth) throw new Error('four events');
    const consumer = await kit.start();
    await kit.produce([first, fourth, third]);
    await eventually(async () => expect((await kit.progress(consumer, orderId)).waiting).to.have.length(2));
    expect(await kit.metric(consumer, 'gap_orders')).to.equal(1);
    await kit.produce([second]);
    await eventually(async () =>
      expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]),
    );
    expect(await kit.metric(consumer, 'gap_orders')).to.equal(0);
  });

  it('given an EventSkipped in its place / then what waits behind it goes on, without an effect for it', async () => {
    const orderId = newOrderId();
    const [first, second, third] = lifeOf(orderId);
    if (!first || !second || !third) throw new Error('three events');
    const consumer = await kit.start();
    const payload = JSON.stringify({
      skippedEventId: second.eventId,
      skippedType: second.type,
      reason: 'told by hand',
    });
    const skip = { ...envelope(orderId, 2, 'OrderPaid', { payload }), type: 'EventSkipped' };
    await kit.produce(asMessages([first, third, skip, second]));
    await eventually(async () => expect(await kit.committed()).to.equal(4));
    expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([1, 3]);
    expect((await kit.progress(consumer, orderId)).parked).to.equal(null);
  });

  it('given records deleted from the topic before the group began / then an order may begin in the middle, and why is recorded', async () => {
    const orderId = newOrderId();
    const [first, second, third, fourth] = lifeOf(orderId).map(asMessage);
    if (!first || !second || !third || !fourth) throw new Error('four events');
    await kit.produce([first, second, third, fourth]);
    await kit.deleteRecordsBefore(2);
    const consumer = await kit.start();
    await eventually(async () =>
      expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([3, 4]),
    );
    expect((await kit.progress(consumer, orderId)).baseline).to.deep.equal({
      sequence: 3,
      because: 'the partition starts at offset 2',
    });
  });

  it('given records deleted before the group had read them / then it says so and holds the orders that miss something', async () => {
    const orderId = newOrderId();
    const [first, second, third, fourth] = lifeOf(orderId).map(asMessage);
    if (!first || !second || !third || !fourth) throw new Error('four events');
    await kit.produce([first]);
    const before = await kit.start();
    await eventually(async () => expect(await kit.committed()).to.equal(1));
    await kit.stop(before);
    await kit.produce([second, third, fourth]);
    await kit.deleteRecordsBefore(2);
    const after = await kit.start();
    await eventually(async () => expect((await kit.progress(after, orderId)).waiting).to.have.length(2));
    expect(await kit.metric(after, 'offset_out_of_range_total')).to.be.greaterThan(0);
    expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([1]);
  });
});
