import type { Currency, Instant, Money, OrderId, ShortText } from './values.ts';
import type { OrderStatus } from './order.ts';

export interface OrderNotFound {
  readonly _tag: 'OrderNotFound';
  readonly orderId: OrderId;
}

/** Why a command was refused, with the values that speak against it. */
export type OrderError =
  | OrderNotFound
  | { readonly _tag: 'OrderAlreadyPlaced'; readonly orderId: OrderId; readonly placedAt: Instant }
  | { readonly _tag: 'MixedCurrencies'; readonly orderId: OrderId; readonly currencies: readonly Currency[] }
  | { readonly _tag: 'OrderTotalTooLarge'; readonly orderId: OrderId; readonly maxMinor: number }
  | { readonly _tag: 'PaymentAmountMismatch'; readonly orderId: OrderId; readonly due: Money; readonly offered: Money }
  | { readonly _tag: 'OrderAlreadyPaid'; readonly orderId: OrderId; readonly paidAt: Instant }
  | { readonly _tag: 'OrderNotPaid'; readonly orderId: OrderId; readonly status: OrderStatus }
  | { readonly _tag: 'OrderNotShipped'; readonly orderId: OrderId; readonly status: OrderStatus }
  | { readonly _tag: 'OrderAlreadyShipped'; readonly orderId: OrderId; readonly shippedAt: Instant }
  | { readonly _tag: 'OrderAlreadyDelivered'; readonly orderId: OrderId; readonly deliveredAt: Instant }
  | {
      readonly _tag: 'OrderAlreadyCancelled';
      readonly orderId: OrderId;
      readonly cancelledAt: Instant;
      readonly reason: ShortText;
    };
