import { expect } from 'chai';
import { ignore } from '../../../src/consumer-kit.ts';
import type { ConsumerDefinition } from '../../../src/consumer-kit.ts';
import { eventually } from '../../support/eventually.ts';
import { KitUnderTest } from './kit-under-test.ts';
import { asMessages, lifeOf, newOrderId } from './order-lifecycle.ts';

/** Reports each placed order, then archives it; notes when the report was refused. */
const reporter: Partial<ConsumerDefinition> = {
  handlers: {
    OrderPlaced: ({ orderId, eventId }, { callback }) => {
      callback({ name: 'report', method: 'POST', path: `/orders/${orderId}/report`, body: { of: eventId } });
      callback({ name: 'archive', method: 'PUT', path: `/orders/${orderId}/archive`, body: null });
      return Promise.resolve();
    },
    OrderPaid: ignore,
    OrderShipped: ignore,
    OrderDelivered: ignore,
    OrderCancelled: ignore,
  },
  onFinal: {
    report: ({ eventId, orderId, sequence, status }, { tx }) =>
      tx.execute("INSERT INTO effects (consumer, event_id, order_id, sequence, kind) VALUES ('test', ?, ?, ?, ?)", [
        eventId,
        orderId,
        sequence,
        `refused ${status}`,
      ]),
  },
};

describe('callbacks over HTTP', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  beforeEach(async () => {
    kit = await KitUnderTest.open();
  });
  afterEach(() => kit.close());

  it('given answers that pass / then the same request is repeated with the same key, and the next waits for it', async () => {
    const orderId = newOrderId();
    const [placed] = lifeOf(orderId);
    if (placed === undefined) throw new Error('an event');
    const passing = [
      { status: 503 },
      { status: 409, headers: { 'retry-after': '0' } },
      { status: 429, headers: { 'retry-after': '1' } },
    ];
    kit.api.answer = ({ path }, earlier) =>
      (path.endsWith('/report') ? passing[earlier] : undefined) ?? { status: 200 };
    const consumer = await kit.start(reporter);
    await kit.produce(asMessages([placed]));
    await eventually(() => expect(kit.api.requests).to.have.length(5));
    const { requests } = kit.api;
    expect(requests.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      ...Array.from({ length: 4 }, () => `POST /orders/${orderId}/report`),
      `PUT /orders/${orderId}/archive`,
    ]);
    expect(new Set(requests.slice(0, 4).map(({ key }) => key))).to.deep.equal(
      new Set([`test:${placed.eventId}:report`]),
    );
    expect(new Set(requests.slice(0, 4).map(({ body }) => body))).to.deep.equal(
      new Set([JSON.stringify({ of: placed.eventId })]),
    );
    await eventually(async () =>
      expect((await kit.progress(consumer, orderId)).callbacks.map(({ name, status }) => [name, status])).to.deep.equal(
        [
          ['report', 'delivered'],
          ['archive', 'delivered'],
        ],
      ),
    );
  });

  it('given a final refusal / then its effect happens once, the callback ends, and the next one is sent', async () => {
    const orderId = newOrderId();
    kit.api.answer = ({ path }) =>
      path.endsWith('/report')
        ? { status: 409, headers: { 'content-type': 'application/problem+json' }, body: '{"title":"cancelled"}' }
        : { status: 200 };
    const consumer = await kit.start(reporter);
    await kit.produce(asMessages(lifeOf(orderId)));
    await eventually(async () =>
      expect((await kit.progress(consumer, orderId)).callbacks.map(({ status }) => status)).to.deep.equal([
        'refused',
        'delivered',
      ]),
    );
    expect((await kit.effects()).map(({ kind }) => kind)).to.deep.equal(['refused 409']);
    expect(kit.api.requests).to.have.length(2);
  });

  it('given another side that is away / then consuming goes on, and the callbacks follow when it is back', async () => {
    await kit.api.close();
    const orders = Array.from({ length: 5 }, newOrderId);
    const consumer = await kit.start(reporter);
    await kit.produce(asMessages(orders.flatMap(lifeOf)));
    await eventually(async () => expect(await kit.committed()).to.equal(20));
    expect(await kit.metric(consumer, 'callbacks_pending')).to.equal(10);
    await kit.api.open();
    await eventually(async () => expect(await kit.metric(consumer, 'callbacks_pending')).to.equal(0), 30_000);
    expect(new Set(kit.api.requests.map(({ key }) => key)).size).to.equal(10);
  });
});
