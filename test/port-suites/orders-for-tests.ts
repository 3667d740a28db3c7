import { isLeft } from 'fp-ts/lib/Either.js';
import { randomUUID } from 'node:crypto';
import type * as t from 'io-ts';
import type {
  CancelledOrder,
  DeliveredOrder,
  Order,
  PaidOrder,
  PlacedOrder,
  ShippedOrder,
} from '../../src/domain/order/order.ts';
import { CustomerId, Instant, Money, OrderId, OrderLines, ShortText } from '../../src/domain/order/values.ts';
import { ordersAfterEveryEvent } from '../support/given-order.ts';

/** A value that the codec must take. */
const valid = <A>(codec: t.Type<A, unknown>, input: unknown): A => {
  const decoded = codec.decode(input);
  if (isLeft(decoded)) throw new Error(`${codec.name} refuses ${JSON.stringify(input)}`);
  return decoded.right;
};

export const anOrderId = (): OrderId => valid(OrderId, randomUUID());
export const shortText = (text: string): ShortText => valid(ShortText, text);
export const instant = (text: string): Instant => valid(Instant, text);

const total = valid(Money, { amountMinor: 2_497, currency: 'EUR' });
const unitPrice = (amountMinor: number): Money => valid(Money, { amountMinor, currency: 'EUR' });

export const placedOrder = (orderId: OrderId = anOrderId()): PlacedOrder => ({
  status: 'placed',
  orderId,
  customerId: valid(CustomerId, 'Zoë O’Hara \\ "7" 🚚'),
  lines: valid(OrderLines, [
    { sku: 'b-2', quantity: 2, unitPrice: unitPrice(999) },
    { sku: 'a-1', quantity: 1, unitPrice: unitPrice(499) },
  ]),
  total,
  placedAt: instant('2026-01-31T09:30:00.001Z'),
});

export const paidOrder = (orderId?: OrderId): PaidOrder => ({
  ...placedOrder(orderId),
  status: 'paid',
  payment: { paymentReference: shortText('pay-1'), amount: total, paidAt: instant('2026-01-31T09:31:00.000Z') },
});

export const shippedOrder = (orderId?: OrderId): ShippedOrder => ({
  ...paidOrder(orderId),
  status: 'shipped',
  shipment: {
    carrier: shortText('Post’ & Söhne'),
    trackingNumber: shortText("T'1"),
    shippedAt: instant('2026-02-01T00:00:00.500Z'),
  },
});

export const deliveredOrder = (orderId?: OrderId): DeliveredOrder => ({
  ...shippedOrder(orderId),
  status: 'delivered',
  receivedBy: shortText('a neighbour'),
  deliveredAt: instant('2026-02-02T23:59:59.999Z'),
});

export const cancelledOrder = (before: PlacedOrder | PaidOrder): CancelledOrder => ({
  status: 'cancelled',
  orderId: before.orderId,
  customerId: before.customerId,
  lines: before.lines,
  total: before.total,
  placedAt: before.placedAt,
  payment: before.status === 'paid' ? before.payment : null,
  reason: shortText('changed my mind'),
  cancelledAt: instant('2026-01-31T10:00:00.000Z'),
});

/** In every status, and after every event: what a new event lets an order hold is saved and loaded too. */
export const ordersOfEveryKind = (): readonly Order[] => [
  placedOrder(),
  paidOrder(),
  shippedOrder(),
  deliveredOrder(),
  cancelledOrder(placedOrder()),
  cancelledOrder(paidOrder()),
  ...ordersAfterEveryEvent().map(({ order }) => ({ ...order, orderId: anOrderId() })),
];
