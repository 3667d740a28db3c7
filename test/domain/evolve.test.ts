import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'chai';
import type { OrderEventType } from '../../src/domain/order/events/catalog.ts';
import { evolve, evolveAll } from '../../src/domain/order/evolve.ts';
import type { Order, OrderStatus } from '../../src/domain/order/order.ts';
import { orderAfter } from '../support/given-order.ts';
import { at, commands, events, histories, orderId, reason, total } from '../support/order-samples.ts';

const placed = {
  orderId,
  customerId: commands.PlaceOrder.customerId,
  lines: commands.PlaceOrder.lines,
  total,
  placedAt: at.placed,
};
const payment = { paymentReference: commands.PayOrder.paymentReference, amount: total, paidAt: at.paid };
const shipment = {
  carrier: commands.ShipOrder.carrier,
  trackingNumber: commands.ShipOrder.trackingNumber,
  shippedAt: at.shipped,
};

const statesAfter: { readonly [Status in OrderStatus]: Order } = {
  placed: { ...placed, status: 'placed' },
  paid: { ...placed, status: 'paid', payment },
  shipped: { ...placed, status: 'shipped', payment, shipment },
  delivered: {
    ...placed,
    status: 'delivered',
    payment,
    shipment,
    receivedBy: commands.DeliverOrder.receivedBy,
    deliveredAt: at.delivered,
  },
  cancelled: { ...placed, status: 'cancelled', reason, payment: null, cancelledAt: at.cancelled },
};

describe('an order is what has happened to it', () => {
  for (const [status, order] of Object.entries(statesAfter)) {
    it(`given its history up to ${status} / then it holds all of it`, () => {
      expect(orderAfter(histories[order.status])).to.deep.equal(order);
    });
  }

  it('given it was paid / when it is cancelled / then it remembers the payment', () => {
    expect(orderAfter([...histories.paid, events.OrderCancelled])).to.deep.equal({
      ...statesAfter.cancelled,
      payment,
    });
  });
});

/** The only states an event can happen in; all other pairs are errors. A missing event does not compile. */
const applies: { readonly [Type in OrderEventType]: readonly ('unplaced' | OrderStatus)[] } = {
  OrderPlaced: ['unplaced'],
  OrderPaid: ['placed'],
  OrderShipped: ['paid'],
  OrderDelivered: ['shipped'],
  OrderCancelled: ['placed', 'paid'],
};

describe('an event that cannot have happened is an error, never skipped over', () => {
  const states = { unplaced: undefined, ...statesAfter };
  for (const event of Object.values(events)) {
    for (const [status, order] of Object.entries(states)) {
      if (applies[event.type].some((each) => each === status)) continue;
      it(`given the order is ${status} / ${event.type} does not apply`, () => {
        expect(evolve(orderId, order, event)).to.deep.equal(
          E.left({ _tag: 'EventDoesNotApply', orderId, eventType: event.type, status: order?.status }),
        );
      });
    }
  }

  it('given a history with a hole / then replaying it names the event that does not fit', () => {
    expect(evolveAll(orderId, undefined, [events.OrderPlaced, events.OrderShipped])).to.deep.equal(
      E.left({ _tag: 'EventDoesNotApply', orderId, eventType: 'OrderShipped', status: 'placed' }),
    );
  });
});
