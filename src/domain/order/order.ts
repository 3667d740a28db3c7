import type { OrderDetails } from './details.ts';
import type { CustomerId, Instant, Money, OrderId, OrderLines, ShortText } from './values.ts';

/*
 * stateDiagram-v2
 *   [*] --> placed: OrderPlaced
 *   placed --> paid: OrderPaid
 *   paid --> shipped: OrderShipped
 *   shipped --> delivered: OrderDelivered
 *   placed --> cancelled: OrderCancelled
 *   paid --> cancelled: OrderCancelled
 */

interface Placement extends OrderDetails {
  readonly orderId: OrderId;
  readonly customerId: CustomerId;
  readonly lines: OrderLines;
  readonly total: Money;
  readonly placedAt: Instant;
}
export interface Payment {
  readonly paymentReference: ShortText;
  readonly amount: Money;
  readonly paidAt: Instant;
}
export interface Shipment {
  readonly carrier: ShortText;
  readonly trackingNumber: ShortText;
  readonly shippedAt: Instant;
}

export interface PlacedOrder extends Placement {
  readonly status: 'placed';
}
export interface PaidOrder extends Placement {
  readonly status: 'paid';
  readonly payment: Payment;
}
export interface ShippedOrder extends Placement {
  readonly status: 'shipped';
  readonly payment: Payment;
  readonly shipment: Shipment;
}
export interface DeliveredOrder extends Placement {
  readonly status: 'delivered';
  readonly payment: Payment;
  readonly shipment: Shipment;
  readonly receivedBy: ShortText;
  readonly deliveredAt: Instant;
}
export interface CancelledOrder extends Placement {
  readonly status: 'cancelled';
  readonly reason: ShortText;
  /** What was paid before, or null. */
  readonly payment: Payment | null;
  readonly cancelledAt: Instant;
}

/** An order that exists. `undefined` stands for one that was never placed. */
export type Order = PlacedOrder | PaidOrder | ShippedOrder | DeliveredOrder | CancelledOrder;
export type OrderStatus = Order['status'];
