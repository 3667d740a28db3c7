import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { orderDetails } from '../../domain/order/details.ts';
import type { OrderDetails } from '../../domain/order/details.ts';
import type { Order, Payment, Shipment } from '../../domain/order/order.ts';
import {
  CustomerId,
  Currency,
  Instant,
  MinorUnits,
  OrderId,
  OrderLines,
  Quantity,
  ShortText,
  Sku,
} from '../../domain/order/values.ts';
import type { SqlScalar } from './mysql-connection.ts';
import { detailColumns } from './order-details.ts';
import { TimeShort, UnreadableRow, WholeNumber, toDateTime } from './rows.ts';

/** DATETIME(6) that holds an `Instant` of the domain. */
const InstantColumn = TimeShort.pipe(Instant);

const placement = {
  order_id: OrderId,
  version: WholeNumber,
  customer_id: CustomerId,
  currency: Currency,
  total_minor: MinorUnits,
  placed_at: InstantColumn,
};
const payment = { payment_reference: ShortText, paid_minor: MinorUnits, paid_at: InstantColumn };
const noPayment = { payment_reference: t.null, paid_minor: t.null, paid_at: t.null };
const shipment = { carrier: ShortText, tracking_number: ShortText, shipped_at: InstantColumn };
const noShipment = { carrier: t.null, tracking_number: t.null, shipped_at: t.null };
const delivery = { received_by: ShortText, delivered_at: InstantColumn };
const noDelivery = { received_by: t.null, delivered_at: t.null };
const cancellation = { cancel_reason: ShortText, cancelled_at: InstantColumn };
const noCancellation = { cancel_reason: t.null, cancelled_at: t.null };
const status = <Status extends Order['status']>(value: Status): { readonly status: t.LiteralC<Status> } => ({
  status: t.literal(value),
});
const cancelled = { ...status('cancelled'), ...placement, ...noShipment, ...noDelivery, ...cancellation };

/** A row of table `orders`: exactly the columns of its status are filled. */
export const OrderRow = t.union([
  t.strict({ ...status('placed'), ...placement, ...noPayment, ...noShipment, ...noDelivery, ...noCancellation }),
  t.strict({ ...status('paid'), ...placement, ...payment, ...noShipment, ...noDelivery, ...noCancellation }),
  t.strict({ ...status('shipped'), ...placement, ...payment, ...shipment, ...noDelivery, ...noCancellation }),
  t.strict({ ...status('delivered'), ...placement, ...payment, ...shipment, ...delivery, ...noCancellation }),
  t.strict({ ...cancelled, ...noPayment }),
  t.strict({ ...cancelled, ...payment }),
]);
export type OrderRow = t.TypeOf<typeof OrderRow>;

const details = detailColumns(orderDetails);

/** Columns of table `orders` besides: what any order may hold. They come last wherever columns are listed. */
export const DETAIL_COLUMNS = details.columns;
/** The same row, read for them. */
export const OrderDetailsRow = details.Row;

/** A row of table `order_lines`. */
export const OrderLineRow = t.strict({ sku: Sku, quantity: Quantity, unit_price_minor: MinorUnits });
export type OrderLineRow = t.TypeOf<typeof OrderLineRow>;

type PaidRow = Extract<OrderRow, { readonly paid_minor: MinorUnits }>;
type ShippedRow = Extract<OrderRow, { readonly carrier: ShortText }>;

const paymentOf = (row: PaidRow): Payment => ({
  paymentReference: row.payment_reference,
  amount: { amountMinor: row.paid_minor, currency: row.currency },
  paidAt: row.paid_at,
});

const shipmentOf = (row: ShippedRow): Shipment => ({
  carrier: row.carrier,
  trackingNumber: row.tracking_number,
  shippedAt: row.shipped_at,
});

const linesOf = (row: OrderRow, lineRows: readonly OrderLineRow[]): OrderLines => {
  const lines = OrderLines.decode(
    lineRows.map((line) => ({
      sku: line.sku,
      quantity: line.quantity,
      unitPrice: { amountMinor: line.unit_price_minor, currency: row.currency },
    })),
  );
  if (E.isLeft(lines)) throw new UnreadableRow(`order ${row.order_id} has ${lineRows.length} lines`);
  return lines.right;
};

export const toOrder = (row: OrderRow, more: OrderDetails, lineRows: readonly OrderLineRow[]): Order => {
  const placed = {
    ...more,
    orderId: row.order_id,
    customerId: row.customer_id,
    lines: linesOf(row, lineRows),
    total: { amountMinor: row.total_minor, currency: row.currency },
    placedAt: row.placed_at,
  };
  switch (row.status) {
    case 'placed':
      return { ...placed, status: 'placed' };
    case 'paid':
      return { ...placed, status: 'paid', payment: paymentOf(row) };
    case 'shipped':
      return { ...placed, status: 'shipped', payment: paymentOf(row), shipment: shipmentOf(row) };
    case 'delivered':
      return {
        ...placed,
        status: 'delivered',
        payment: paymentOf(row),
        shipment: shipmentOf(row),
        receivedBy: row.received_by,
        deliveredAt: row.delivered_at,
      };
    case 'cancelled':
      return {
        ...placed,
        status: 'cancelled',
        reason: row.cancel_reason,
        payment: row.paid_minor === null ? null : paymentOf(row),
        cancelledAt: row.cancelled_at,
      };
  }
};

const dateTimeOrNull = (time: string | undefined): string | null => (time === undefined ? null : toDateTime(time));

/** The columns after `order_id` and `version`, in the order of the store's statements. */
export const toOrderColumns = (order: Order): readonly SqlScalar[] => {
  const payment = 'payment' in order && order.payment !== null ? order.payment : undefined;
  const shipment = 'shipment' in order ? order.shipment : undefined;
  const delivered = order.status === 'delivered' ? order : undefined;
  const cancelled = order.status === 'cancelled' ? order : undefined;
  return [
    order.status,
    order.customerId,
    order.total.currency,
    order.total.amountMinor,
    toDateTime(order.placedAt),
    payment?.paymentReference ?? null,
    payment?.amount.amountMinor ?? null,
    dateTimeOrNull(payment?.paidAt),
    shipment?.carrier ?? null,
    shipment?.trackingNumber ?? null,
    dateTimeOrNull(shipment?.shippedAt),
    delivered?.receivedBy ?? null,
    dateTimeOrNull(delivered?.deliveredAt),
    cancelled?.reason ?? null,
    dateTimeOrNull(cancelled?.cancelledAt),
    ...details.valuesOf(order),
  ];
};
