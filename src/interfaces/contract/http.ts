import * as t from 'io-ts';
import { OrderDetails } from '../../domain/order/details.ts';
import type { Order } from '../../domain/order/order.ts';
import { CustomerId, Instant, Money, OrderId, OrderLines, ShortText } from '../../domain/order/values.ts';
import { integerValue } from '../../domain/value-codec.ts';
import { closed } from './closed.ts';

/*
 * Bodies and answers of the order API. Fields that a body's codec does not know are refused; answers may gain fields,
 * which these codecs drop.
 */

/** `POST /orders` */
export const PlaceOrderBody = closed(t.readonly(t.strict({ customerId: CustomerId, lines: OrderLines }), 'PlaceOrder'));
export type PlaceOrderBody = t.TypeOf<typeof PlaceOrderBody>;

/** `POST /orders/:id/payment`: the whole total, once. */
export const PaymentBody = closed(t.readonly(t.strict({ paymentReference: ShortText, amount: Money }), 'Payment'));
export type PaymentBody = t.TypeOf<typeof PaymentBody>;

/** `POST /orders/:id/shipment` */
export const ShipmentBody = closed(t.readonly(t.strict({ carrier: ShortText, trackingNumber: ShortText }), 'Shipment'));
export type ShipmentBody = t.TypeOf<typeof ShipmentBody>;

/** `POST /orders/:id/delivery` */
export const DeliveryBody = closed(t.readonly(t.strict({ receivedBy: ShortText }), 'Delivery'));
export type DeliveryBody = t.TypeOf<typeof DeliveryBody>;

/** `POST /orders/:id/cancellation` */
export const CancellationBody = closed(t.readonly(t.strict({ reason: ShortText }), 'Cancellation'));
export type CancellationBody = t.TypeOf<typeof CancellationBody>;

/** An example of every body, as JSON. */
export const requestExamples = {
  PlaceOrder: {
    customerId: 'customer-4711',
    lines: [
      { sku: 'TEA-GREEN-100G', quantity: 2, unitPrice: { amountMinor: 1250, currency: 'EUR' } },
      { sku: 'MUG-BLUE', quantity: 1, unitPrice: { amountMinor: 990, currency: 'EUR' } },
    ],
  },
  Payment: { paymentReference: 'PAY-2026-0001', amount: { amountMinor: 3490, currency: 'EUR' } },
  Shipment: { carrier: 'Parcel Express', trackingNumber: 'PX123456789' },
  Delivery: { receivedBy: 'A. Neighbour' },
  Cancellation: { reason: 'ordered twice' },
} as const;

/** Sequence of the order's last event, from 1; the value of `ETag` and `If-Match`. */
export const OrderVersion = integerValue('OrderVersion', {
  words: 'a whole number from 1',
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  example: 3,
});

const placement = {
  orderId: OrderId,
  version: OrderVersion,
  customerId: CustomerId,
  lines: OrderLines,
  total: Money,
  placedAt: Instant,
};
const Paid = t.readonly(t.strict({ paymentReference: ShortText, amount: Money, paidAt: Instant }));
const Shipped = t.readonly(t.strict({ carrier: ShortText, trackingNumber: ShortText, shippedAt: Instant }));

const answered = <Fields extends t.Props>(
  fields: Fields,
): t.ReadonlyC<t.ExactC<t.IntersectionC<[t.TypeC<Fields>, typeof OrderDetails]>>> =>
  t.readonly(t.exact(t.intersection([t.type(fields), OrderDetails])));

/** The order as every order route answers it. What it holds beyond its placement and details depends on `status`. */
export const OrderAnswer = t.union(
  [
    answered({ status: t.literal('placed'), ...placement }),
    answered({ status: t.literal('paid'), ...placement, payment: Paid }),
    answered({ status: t.literal('shipped'), ...placement, payment: Paid, shipment: Shipped }),
    answered({
      status: t.literal('delivered'),
      ...placement,
      payment: Paid,
      shipment: Shipped,
      receivedBy: ShortText,
      deliveredAt: Instant,
    }),
    answered({
      status: t.literal('cancelled'),
      ...placement,
      reason: ShortText,
      payment: t.union([Paid, t.null]),
      cancelledAt: Instant,
    }),
  ],
  'Order',
);
export type OrderAnswer = t.OutputOf<typeof OrderAnswer>;

export const orderAnswer = (order: Order, version: number): OrderAnswer => ({ version, ...order });

const textOrNull = t.union([t.string, t.null]);

/** Where an event stands between the order and the topic. Times are RFC 3339 UTC with microseconds. */
export const EventStanding = t.union(
  [
    t.readonly(t.strict({ state: t.literal('pending') })),
    /** Waits for the earlier event of its order whose ID is `heldBy`. */
    t.readonly(t.strict({ state: t.literal('held'), heldBy: t.string })),
    t.readonly(
      t.strict({
        state: t.literal('retrying'),
        attempts: t.number,
        nextAttemptAt: textOrNull,
        lastError: textOrNull,
      }),
    ),
    t.readonly(
      t.strict({
        state: t.literal('published'),
        partition: t.number,
        offset: t.union([t.number, t.null]),
        publishedAt: textOrNull,
      }),
    ),
    t.readonly(t.strict({ state: t.literal('quarantined'), attempts: t.number, lastError: textOrNull })),
    /** Given up by an operator; the event whose ID is `replacedBy` has its place in the sequence. */
    t.readonly(t.strict({ state: t.literal('skipped'), skippedAt: t.string, reason: t.string, replacedBy: t.string })),
  ],
  'EventStanding',
);

/** `GET /orders/:id/events`, by sequence; a skipped event and its replacement have the same. */
export const OrderEventsAnswer = t.readonly(
  t.strict({
    orderId: OrderId,
    /** Events 1 to this were published, and purged since; 0: none. */
    purgedThrough: t.number,
    events: t.readonlyArray(
      t.readonly(
        t.strict({
          eventId: t.string,
          sequence: t.number,
          type: t.string,
          version: t.number,
          createdAt: t.string,
          standing: EventStanding,
        }),
        'RaisedEvent',
      ),
    ),
  }),
  'OrderEvents',
);
export type OrderEventsAnswer = t.OutputOf<typeof OrderEventsAnswer>;
