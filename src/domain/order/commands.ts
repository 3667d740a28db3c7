import type { CustomerId, Instant, Money, OrderId, OrderLines, ShortText } from './values.ts';

/** What each command carries besides its type, the order and the time. */
interface CommandData {
  readonly PlaceOrder: { readonly customerId: CustomerId; readonly lines: OrderLines };
  readonly PayOrder: { readonly paymentReference: ShortText; readonly amount: Money };
  readonly ShipOrder: { readonly carrier: ShortText; readonly trackingNumber: ShortText };
  readonly DeliverOrder: { readonly receivedBy: ShortText };
  readonly CancelOrder: { readonly reason: ShortText };
}

export type OrderCommandType = keyof CommandData;

/** What someone wants done with an order. Time arrives inside the command (`at`); the domain has no clock. */
export type OrderCommand<Type extends OrderCommandType = OrderCommandType> = {
  [Each in Type]: { readonly type: Each; readonly orderId: OrderId; readonly at: Instant } & CommandData[Each];
}[Type];
