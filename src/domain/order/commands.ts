import type { CustomerId, Instant, Money, OrderId, OrderLines, ShortText } from './values.ts';

/** What someone wants done with an order. Time arrives inside the command (`at`); the domain has no clock. */
export type OrderCommand =
  | {
      readonly type: 'PlaceOrder';
      readonly orderId: OrderId;
      readonly at: Instant;
      readonly customerId: CustomerId;
      readonly lines: OrderLines;
    }
  | {
      readonly type: 'PayOrder';
      readonly orderId: OrderId;
      readonly at: Instant;
      readonly paymentReference: ShortText;
      readonly amount: Money;
    }
  | {
      readonly type: 'ShipOrder';
      readonly orderId: OrderId;
      readonly at: Instant;
      readonly carrier: ShortText;
      readonly trackingNumber: ShortText;
    }
  | { readonly type: 'DeliverOrder'; readonly orderId: OrderId; readonly at: Instant; readonly receivedBy: ShortText }
  | { readonly type: 'CancelOrder'; readonly orderId: OrderId; readonly at: Instant; readonly reason: ShortText };
