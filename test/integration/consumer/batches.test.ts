import * as t from 'io-ts';
import { expect } from 'chai';
import { encodeEventSkipped } from '../../../src/interfaces/contract/event-skipped.ts';
import { eventually } from '../../support/eventually.ts';
import { KitUnderTest, noteEffect, onEvery } from './kit-under-test.ts';
import { asMessage, asMessages, envelope, lifeOf, newOrderId } from './order-lifecycle.ts';

const Count = t.strict({ n: t.number });

describe('many events in one transaction', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  beforeEach(async () => {
    kit = await KitUnderTest.open();
  });
  afterEach(() => kit.close());

  const effectsWhen = async (expected: readonly string[]): Promise<void> => {
    await eventually(async () => expect((await kit.effects()).map(({ eventId }) => eventId)).to.deep.equal(expected));
  };

  /** Rows of one statement share their time, so this is how many statements noted events as applied. */
  const statements = async (): Promise<number> =>
    (await kit.rows(Count, 'SELECT COUNT(DISTINCT applied_at) AS n FROM inbox'))[0]?.n ?? 0;

  it('given many orders mixed / then their effects come in the order of the records, in few transactions', async () => {
    const lives = Array.from({ length: 50 }, () => lifeOf(newOrderId()));
    const events = [0, 1, 2, 3].flatMap((step) => lives.flatMap((life) => life[step] ?? []));
    await kit.produce(asMessages(events));
    await kit.start();
    await effectsWhen(events.map(({ eventId }) => eventId));
    await eventually(async () => expect(await kit.committed()).to.equal(200));
    expect(await statements()).to.be.at.most(20);
  });

  it('given a handler that fails on the third of ten / then nothing of that batch stays and each has one effect', async () => {
    const lives = Array.from({ length: 5 }, () => lifeOf(newOrderId()).slice(0, 2));
    const events = [0, 1].flatMap((step) => lives.flatMap((life) => life[step] ?? []));
    const seen: string[] = [];
    await kit.produce(asMessages(events));
    const handlers = onEvery(async (event, context) => {
      await noteEffect(event, context);
      seen.push(event.eventId);
      if (event.eventId === events[2]?.eventId && seen.filter((id) => id === event.eventId).length === 1)
        throw new Error('not now');
    });
    const consumer = await kit.start({ handlers });
    await effectsWhen(events.map(({ eventId }) => eventId));
    expect(seen.slice(0, 6), 'the first two were rolled back with it').to.deep.equal(
      [0, 1, 2, 0, 1, 2].map((index) => events[index]?.eventId),
    );
    await eventually(async () => expect(await kit.committed()).to.equal(10));
    expect(await kit.metric(consumer, 'handler_failures_total')).to.equal(1);
    expect(await kit.metric(consumer, 'parked_total')).to.equal(0);
  });

  it('given a duplicate, a gap that heals, a skip and a record that is no event in one batch / then each has its due', async () => {
    const [doubled, gapped, skipped, plain] = [newOrderId(), newOrderId(), newOrderId(), newOrderId()];
    const [d1, d2] = lifeOf(doubled);
    const [g1, g2, g3, g4] = lifeOf(gapped);
    const [s1, s2, s3] = lifeOf(skipped);
    const [p1, p2] = lifeOf(plain);
    if (!d1 || !d2 || !g1 || !g2 || !g3 || !g4 || !s1 || !s2 || !s3 || !p1 || !p2) throw new Error('events');
    const reason = 'told to payment by hand';
    const skip = envelope(skipped, 2, 'OrderPaid', {
      ...encodeEventSkipped({ skippedEventId: s2.eventId, skippedType: s2.type, reason }),
    });
    const asSkip = asMessage(skip);
    const broken = { key: null, value: 'no event', headers: {} };
    await kit.produce([
      ...asMessages([d1, g1, d1, s1, g3, p1, d2]),
      broken,
      asSkip,
      ...asMessages([s2, d2, g4, s3, g2, p2]),
    ]);
    const consumer = await kit.start();
    await eventually(async () => expect(await kit.committed()).to.equal(15));
    const of = async (orderId: string): Promise<readonly number[]> =>
      (await kit.effects(orderId)).map(({ sequence }) => sequence);
    expect(await of(doubled)).to.deep.equal([1, 2]);
    expect(await of(gapped)).to.deep.equal([1, 2, 3, 4]);
    expect(await of(skipped)).to.deep.equal([1, 3]);
    expect(await of(plain)).to.deep.equal([1, 2]);
    expect(await kit.metric(consumer, 'duplicates_total')).to.equal(3);
    expect(await kit.metric(consumer, 'parked_total'), 'the record that is no event').to.equal(1);
    const { parked, waiting } = await kit.progress(consumer, gapped);
    expect({ parked, waiting }).to.deep.equal({ parked: null, waiting: [] });
  });

  it('given callbacks of a whole batch / then each is sent once and marked, several at a time', async () => {
    const orders = Array.from({ length: 40 }, newOrderId);
    await kit.produce(asMessages(orders.map((orderId) => envelope(orderId, 1, 'OrderPlaced'))));
    const handlers = onEvery(({ orderId }, { callback }) => {
      callback({ name: 'report', method: 'POST', path: `/orders/${orderId}/report`, body: {} });
      return Promise.resolve();
    });
    await kit.start({ handlers });
    const Delivered = t.strict({ delivered: t.number, marks: t.number });
    await eventually(async () => {
      const [row] = await kit.rows(
        Delivered,
        "SELECT COUNT(*) AS delivered, COUNT(DISTINCT finished_at) AS marks FROM callbacks WHERE status = 'delivered' AND answer_status = 200",
      );
      expect(row?.delivered).to.equal(40);
      expect(row?.marks, 'marked together').to.be.below(40);
    });
    expect(kit.api.requests.map(({ path }) => path).sort()).to.deep.equal(
      orders.map((orderId) => `/orders/${orderId}/report`).sort(),
    );
  });
});
