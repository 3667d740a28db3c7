import * as t from 'io-ts';
import type { VersionedOrder } from '../../application/ports/order-store.ts';
import { CustomerId, Instant, Money, OrderId, OrderLines, ShortText } from '../../domain/order/values.ts';

const Payment = t.strict({ paymentReference: ShortText, amount: Money, paidAt: Instant });
const Shipment = t.strict({ carrier: ShortText, trackingNumber: ShortText, shippedAt: Instant });
const Delivery = t.strict({ receivedBy: ShortText, deliveredAt: Instant });
const Cancellation = t.strict({ reason: ShortText, cancelledAt: Instant });

/** An order as clients see it. `version` counts its events and is its ETag. */
export const OrderView = t.intersection(
  [
    t.type({
      orderId: OrderId,
      status: t.union([
        t.literal('placed'),
        t.literal('paid'),
        t.literal('shipped'),
        t.literal('delivered'),
        t.literal('cancelled'),
      ]),
      version: t.number,
      customerId: CustomerId,
      lines: OrderLines,
      total: Money,
      placedAt: Instant,
    }),
    t.partial({ payment: Payment, shipment: Shipment, delivery: Delivery, cancellation: Cancellation }),
  ],
  'Order',
);
export type OrderView = t.OutputOf<typeof OrderView>;

export const presentOrder = ({ order, version }: VersionedOrder): OrderView => {
  const { orderId, status, customerId, lines, total, placedAt } = order;
  const base = { orderId, status, version, customerId, lines, total, placedAt };
  switch (order.status) {
    case 'placed':
      return base;
    case 'paid':
      return { ...base, payment: order.payment };
    case 'shipped':
      return { ...base, payment: order.payment, shipment: order.shipment };
    case 'delivered': {
      const { payment, shipment, receivedBy, deliveredAt } = order;
      return { ...base, payment, shipment, delivery: { receivedBy, deliveredAt } };
    }
    case 'cancelled': {
      const { payment, reason, cancelledAt } = order;
      return { ...base, ...(payment === null ? {} : { payment }), cancellation: { reason, cancelledAt } };
    }
  }
};

/** Strong ETag of an order at a version. */
export const etagOf = (version: number): string => `"${version}"`;
