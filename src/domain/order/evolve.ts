import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js';
import type { OrderEvent, OrderEventType } from './events/catalog.ts';
import type { Order, OrderStatus } from './order.ts';
import type { OrderId } from './values.ts';

/** The event cannot have happened to an order in this state: the history is broken, or a decision was wrong. */
export interface EventDoesNotApply {
  readonly _tag: 'EventDoesNotApply';
  readonly orderId: OrderId;
  readonly eventType: OrderEventType;
  /** Undefined: the order was never placed. */
  readonly status: OrderStatus | undefined;
}

/** What the order becomes; undefined when the event does not apply. An event without a key here does not compile. */
type Evolvers = {
  readonly [Type in OrderEventType]: (
    order: Order | undefined,
    event: OrderEvent<Type>,
    orderId: OrderId,
  ) => Order | undefined;
};

const evolvers: Evolvers = {
  OrderPlaced: (order, { payload, occurredAt }, orderId) =>
    order === undefined ? { status: 'placed', orderId, ...payload, placedAt: occurredAt } : undefined,

  OrderPaid: (order, { payload, occurredAt }) =>
    order?.status === 'placed' ? { ...order, status: 'paid', payment: { ...payload, paidAt: occurredAt } } : undefined,

  OrderShipped: (order, { payload, occurredAt }) =>
    order?.status === 'paid'
      ? { ...order, status: 'shipped', shipment: { ...payload, shippedAt: occurredAt } }
      : undefined,

  OrderDelivered: (order, { payload, occurredAt }) =>
    order?.status === 'shipped' ? { ...order, status: 'delivered', ...payload, deliveredAt: occurredAt } : undefined,

  OrderCancelled: (order, { payload, occurredAt }) =>
    order?.status === 'placed' || order?.status === 'paid'
      ? {
          ...order,
          status: 'cancelled',
          reason: payload.reason,
          payment: order.status === 'paid' ? order.payment : null,
          cancelledAt: occurredAt,
        }
      : undefined,
};

const evolveOne = <Type extends OrderEventType>(
  order: Order | undefined,
  event: OrderEvent<Type>,
  orderId: OrderId,
): Order | undefined => {
  const evolver: Evolvers[Type] = evolvers[event.type];
  return evolver(order, event, orderId);
};

/** The order after `event`. An event that cannot apply is an error, never skipped over. */
export const evolve = (
  orderId: OrderId,
  order: Order | undefined,
  event: OrderEvent,
): Either<EventDoesNotApply, Order> =>
  E.fromNullable<EventDoesNotApply>({
    _tag: 'EventDoesNotApply',
    orderId,
    eventType: event.type,
    status: order?.status,
  })(evolveOne(order, event, orderId));

/** The order after all of `events`, in order, beginning at `order`; from undefined it replays a whole history. */
export const evolveAll = (
  orderId: OrderId,
  order: Order | undefined,
  [first, ...rest]: ReadonlyNonEmptyArray<OrderEvent>,
): Either<EventDoesNotApply, Order> =>
  rest.reduce(
    (soFar, event) => E.flatMap((current: Order) => evolve(orderId, current, event))(soFar),
    evolve(orderId, order, first),
  );
