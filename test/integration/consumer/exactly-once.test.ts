import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { KitUnderTest, noteEffect, onEvery } from './kit-under-test.ts';
import { asMessages, lifeOf, newOrderId } from './order-lifecycle.ts';

describe('one effect per event', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  beforeEach(async () => {
    kit = await KitUnderTest.open();
  });
  afterEach(() => kit.close());

  it('given events published before the group first joined / then all have their effect, in order', async () => {
    const orderId = newOrderId();
    const events = lifeOf(orderId);
    await kit.produce(asMessages(events));
    await kit.start();
    const expected = events.map(({ eventId }) => eventId);
    await eventually(async () => expect((await kit.effects()).map(({ eventId }) => eventId)).to.deep.equal(expected));
    await eventually(async () => expect(await kit.committed()).to.equal(4));
  });

  it('given every record delivered again, whole and in pieces / then no effect happens twice', async () => {
    const orderId = newOrderId();
    const messages = asMessages(lifeOf(orderId));
    const consumer = await kit.start();
    await kit.produce([...messages, ...messages, ...messages.slice(1, 3), ...messages.slice(0, 1)]);
    await eventually(async () => expect(await kit.metric(consumer, 'duplicates_total')).to.equal(7));
    expect((await kit.effects()).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]);
    const { applied, lastSequence, parked, waiting } = await kit.progress(consumer, orderId);
    expect(applied.map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]);
    expect({ lastSequence, parked, waiting }).to.deep.equal({ lastSequence: 4, parked: null, waiting: [] });
  });

  it('given a restart / then it goes on after the committed offset', async () => {
    const first = newOrderId();
    await kit.produce(asMessages(lifeOf(first)));
    const before = await kit.start();
    await eventually(async () => expect(await kit.effects()).to.have.length(4));
    await kit.stop(before);
    expect(await kit.committed()).to.equal(4);
    const second = newOrderId();
    await kit.produce(asMessages(lifeOf(second)));
    const after = await kit.start();
    await eventually(async () => expect(await kit.effects(second)).to.have.length(4));
    expect(await kit.metric(after, 'duplicates_total')).to.equal(0);
  });

  it('given two processes that work the same records at once (a zombie and its successor) / then one effect each, in order', async () => {
    const orders = Array.from({ length: 5 }, newOrderId);
    const lives = orders.map(lifeOf);
    const interleaved = [0, 1, 2, 3].flatMap((step) => lives.flatMap((life) => life[step] ?? []));
    await kit.produce(asMessages(interleaved));
    // Two groups get every record each, and share one inbox: no rebalance keeps them apart.
    const members = await Promise.all([kit.start({ group: 'one' }), kit.start({ group: 'two' })]);
    await eventually(async () => {
      expect(await kit.committed('one')).to.equal(20);
      expect(await kit.committed('two')).to.equal(20);
    });
    for (const orderId of orders)
      expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]);
    const [applied, dropped] = await Promise.all(
      ['applied_total', 'duplicates_total'].map(async (name) => {
        const values = await Promise.all(members.map((member) => kit.metric(member, name)));
        return values.reduce((sum, value) => sum + value, 0);
      }),
    );
    expect({ applied, dropped }).to.deep.equal({ applied: 20, dropped: 20 });
  });
});

describe('a rebalance', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  before(async () => {
    kit = await KitUnderTest.open({ partitions: 2 });
  });
  after(() => kit.close());

  it('given a second member that joins and leaves under load / then still one effect per event, in order', async () => {
    const orders = Array.from({ length: 24 }, newOrderId);
    const place = async (some: readonly string[]): Promise<void> => {
      for (const [index, orderId] of some.entries()) await kit.produce(asMessages(lifeOf(orderId)), index % 2);
    };
    const slow = onEvery(async (event, context) => {
      await noteEffect(event, context);
      await context.tx.execute('DO SLEEP(0.05)');
    });
    await kit.start({ handlers: slow });
    await place(orders.slice(0, 12));
    await eventually(async () => expect(await kit.effects()).to.have.length.greaterThan(3));
    const second = await kit.start({ handlers: slow });
    await eventually(() => expect(second.kafka.joined).to.equal(true));
    await place(orders.slice(12));
    await eventually(async () => expect(await kit.metric(second, 'applied_total')).to.be.greaterThan(2));
    await kit.stop(second);
    await eventually(async () => expect(await kit.effects()).to.have.length(96), 30_000);
    for (const orderId of orders)
      expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]);
  });
});
