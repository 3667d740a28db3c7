import { expect } from 'chai';
import { createConsumer, ignore } from '../../../src/consumer-kit.ts';
import type { ConsumerSettings, EventHandlers } from '../../../src/consumer-kit.ts';

const settings: ConsumerSettings = {
  mysql: { url: 'mysql://u:p@127.0.0.1:1/db', connections: 2, acquireTimeoutMs: 100, queryTimeoutMs: 100 },
  kafka: { brokers: ['127.0.0.1:1'], topic: 'orders.events.v1', requestTimeoutMs: 1_000 },
  callbackUrl: 'http://127.0.0.1:1',
  http: { host: '127.0.0.1', port: 0 },
  inboxRetentionMs: 86_400_000,
  janitorEveryMs: 600_000,
  shutdownDeadlineMs: 1_000,
  logLevel: 'silent',
  failpoint: undefined,
  faultsOnSignal: [],
};

const nothing: EventHandlers = {
  OrderPlaced: ignore,
  OrderPaid: ignore,
  OrderShipped: ignore,
  OrderDelivered: ignore,
  OrderCancelled: ignore,
};

describe('the declaration of a consumer', () => {
  it('does not compile when an event type has neither a handler nor an ignore', () => {
    // @ts-expect-error OrderCancelled is missing
    const forgotten: EventHandlers = {
      OrderPlaced: ignore,
      OrderPaid: ignore,
      OrderShipped: ignore,
      OrderDelivered: ignore,
    };
    expect(forgotten).to.not.have.property('OrderCancelled');
  });

  it('gives each handler its own payload', () => {
    const handlers: EventHandlers = {
      ...nothing,
      OrderPaid: (event) => Promise.resolve(event.payload.paymentReference),
      // @ts-expect-error a placed order has no payment reference
      OrderPlaced: (event) => Promise.resolve(event.payload.paymentReference),
    };
    expect(handlers.OrderPaid).to.be.a('function');
  });

  for (const name of ['', 'Payment', 'pay ment', 'a'.repeat(65), 'pay:ment'])
    it(`refuses the name ${JSON.stringify(name.slice(0, 20))}, which would not fit its keys`, () => {
      const create = (): unknown => createConsumer({ name, group: 'g', handlers: nothing }, settings);
      expect(create).to.throw(TypeError, /consumer name/);
    });

  it('refuses an empty group', () => {
    const create = (): unknown => createConsumer({ name: 'points', group: '', handlers: nothing }, settings);
    expect(create).to.throw(TypeError, /no group/);
  });
});
