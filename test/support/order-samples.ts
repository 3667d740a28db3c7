import type { OrderCommand, OrderCommandType } from '../../src/domain/order/commands.ts';
import type { OrderEvent, OrderEventType } from '../../src/domain/order/events/catalog.ts';
import type { OrderStatus } from '../../src/domain/order/order.ts';
import { CustomerId, Instant, Money, OrderId, OrderLines, ShortText } from '../../src/domain/order/values.ts';
import { decoded } from './decoded.ts';

/* One order's life with fixed values, for tests that do not care which. */

export const orderId = decoded(OrderId, '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10');
export const total = decoded(Money, { amountMinor: 3490, currency: 'EUR' });

/** The time of each event, in the order of an order's life. */
export const at = {
  placed: decoded(Instant, '2026-01-31T09:30:00.000Z'),
  paid: decoded(Instant, '2026-01-31T09:30:01.000Z'),
  shipped: decoded(Instant, '2026-01-31T12:00:00.000Z'),
  delivered: decoded(Instant, '2026-02-02T08:15:30.500Z'),
  cancelled: decoded(Instant, '2026-02-03T00:00:00.000Z'),
  later: decoded(Instant, '2026-02-28T23:59:59.999Z'),
};

const placement = {
  customerId: decoded(CustomerId, 'customer-4711'),
  lines: decoded(OrderLines, [
    { sku: 'TEA-GREEN-100G', quantity: 2, unitPrice: { amountMinor: 1250, currency: 'EUR' } },
    { sku: 'MUG-BLUE', quantity: 1, unitPrice: { amountMinor: 990, currency: 'EUR' } },
  ]),
};
const payment = { paymentReference: decoded(ShortText, 'PAY-2026-0001'), amount: total };
const shipment = {
  carrier: decoded(ShortText, 'Parcel Express'),
  trackingNumber: decoded(ShortText, 'PX123456789'),
};
const delivery = { receivedBy: decoded(ShortText, 'A. Neighbour') };
export const reason = decoded(ShortText, 'ordered twice');

/** A legal command of every type, were the order in the right state. */
export const commands: { readonly [Type in OrderCommandType]: OrderCommand<Type> } = {
  PlaceOrder: { type: 'PlaceOrder', orderId, at: at.later, ...placement },
  PayOrder: { type: 'PayOrder', orderId, at: at.later, ...payment },
  ShipOrder: { type: 'ShipOrder', orderId, at: at.later, ...shipment },
  DeliverOrder: { type: 'DeliverOrder', orderId, at: at.later, ...delivery },
  CancelOrder: { type: 'CancelOrder', orderId, at: at.later, reason },
};

/** One event of every type, as they follow each other in a life; the cancelled order had not been paid. */
export const events: { readonly [Type in OrderEventType]: OrderEvent<Type> } = {
  OrderPlaced: { type: 'OrderPlaced', occurredAt: at.placed, payload: { ...placement, total } },
  OrderPaid: { type: 'OrderPaid', occurredAt: at.paid, payload: payment },
  OrderShipped: { type: 'OrderShipped', occurredAt: at.shipped, payload: shipment },
  OrderDelivered: { type: 'OrderDelivered', occurredAt: at.delivered, payload: delivery },
  OrderCancelled: { type: 'OrderCancelled', occurredAt: at.cancelled, payload: { reason, refundDue: null } },
};

/** What has happened to an order in each state. */
export const histories: { readonly [Status in OrderStatus]: readonly OrderEvent[] } = {
  placed: [events.OrderPlaced],
  paid: [events.OrderPlaced, events.OrderPaid],
  shipped: [events.OrderPlaced, events.OrderPaid, events.OrderShipped],
  delivered: [events.OrderPlaced, events.OrderPaid, events.OrderShipped, events.OrderDelivered],
  cancelled: [events.OrderPlaced, events.OrderCancelled],
};
