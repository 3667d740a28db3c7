import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { OrderCommand, OrderCommandType } from './commands.ts';
import type { OrderError } from './errors.ts';
import type { OrderEvent } from './events/catalog.ts';
import { equalMoney, totalOf } from './money.ts';
import type { MoneyError } from './money.ts';
import type { CancelledOrder, Order, ShippedOrder, DeliveredOrder, PaidOrder } from './order.ts';
import type { Money, OrderId } from './values.ts';

export type Decision = Either<OrderError, ReadonlyNonEmptyArray<OrderEvent>>;

const accept = (event: OrderEvent): Decision => E.right([event]);
const refuse = (error: OrderError): Decision => E.left(error);

const alreadyPaid = (order: PaidOrder | ShippedOrder | DeliveredOrder): Decision =>
  refuse({ _tag: 'OrderAlreadyPaid', orderId: order.orderId, paidAt: order.payment.paidAt });
const alreadyShipped = (order: ShippedOrder | DeliveredOrder): Decision =>
  refuse({ _tag: 'OrderAlreadyShipped', orderId: order.orderId, shippedAt: order.shipment.shippedAt });
const alreadyDelivered = (order: DeliveredOrder): Decision =>
  refuse({ _tag: 'OrderAlreadyDelivered', orderId: order.orderId, deliveredAt: order.deliveredAt });
const alreadyCancelled = ({ orderId, cancelledAt, reason }: CancelledOrder): Decision =>
  refuse({ _tag: 'OrderAlreadyCancelled', orderId, cancelledAt, reason });

const refusedTotal = (orderId: OrderId, error: MoneyError): OrderError => {
  switch (error._tag) {
    case 'MixedCurrencies':
      return { _tag: 'MixedCurrencies', orderId, currencies: error.currencies };
    case 'AmountTooLarge':
      return { _tag: 'OrderTotalTooLarge', orderId, maxMinor: error.maxMinor };
  }
};

const place = ({ orderId, customerId, lines, at }: OrderCommand<'PlaceOrder'>): Decision =>
  pipe(
    totalOf(lines),
    E.mapLeft((error) => refusedTotal(orderId, error)),
    E.flatMap((total) => accept({ type: 'OrderPlaced', occurredAt: at, payload: { customerId, lines, total } })),
  );

const pay = ({ orderId, paymentReference, amount, at }: OrderCommand<'PayOrder'>, order: Order): Decision => {
  switch (order.status) {
    case 'placed':
      return equalMoney(amount, order.total)
        ? accept({ type: 'OrderPaid', occurredAt: at, payload: { paymentReference, amount } })
        : refuse({ _tag: 'PaymentAmountMismatch', orderId, due: order.total, offered: amount });
    case 'paid':
    case 'shipped':
    case 'delivered':
      return alreadyPaid(order);
    case 'cancelled':
      return alreadyCancelled(order);
  }
};

const ship = ({ orderId, carrier, trackingNumber, at }: OrderCommand<'ShipOrder'>, order: Order): Decision => {
  switch (order.status) {
    case 'placed':
      return refuse({ _tag: 'OrderNotPaid', orderId, status: order.status });
    case 'paid':
      return accept({ type: 'OrderShipped', occurredAt: at, payload: { carrier, trackingNumber } });
    case 'shipped':
    case 'delivered':
      return alreadyShipped(order);
    case 'cancelled':
      return alreadyCancelled(order);
  }
};

const deliver = ({ orderId, receivedBy, at }: OrderCommand<'DeliverOrder'>, order: Order): Decision => {
  switch (order.status) {
    case 'placed':
    case 'paid':
      return refuse({ _tag: 'OrderNotShipped', orderId, status: order.status });
    case 'shipped':
      return accept({ type: 'OrderDelivered', occurredAt: at, payload: { receivedBy } });
    case 'delivered':
      return alreadyDelivered(order);
    case 'cancelled':
      return alreadyCancelled(order);
  }
};

const cancel = ({ reason, at }: OrderCommand<'CancelOrder'>, order: Order): Decision => {
  const calledOff = (refundDue: Money | null): Decision =>
    accept({ type: 'OrderCancelled', occurredAt: at, payload: { reason, refundDue } });
  switch (order.status) {
    case 'placed':
      return calledOff(null);
    case 'paid':
      return calledOff(order.payment.amount);
    case 'shipped':
      return alreadyShipped(order);
    case 'delivered':
      return alreadyDelivered(order);
    case 'cancelled':
      return alreadyCancelled(order);
  }
};

type Decider<Type extends OrderCommandType> = (command: OrderCommand<Type>, order: Order | undefined) => Decision;

const toExisting =
  <Command extends OrderCommand>(decider: (command: Command, order: Order) => Decision) =>
  (command: Command, order: Order | undefined): Decision =>
    order === undefined ? refuse({ _tag: 'OrderNotFound', orderId: command.orderId }) : decider(command, order);

/** A command without a key here does not compile. */
const deciders: { readonly [Type in OrderCommandType]: Decider<Type> } = {
  PlaceOrder: (command, order) =>
    order === undefined
      ? place(command)
      : refuse({ _tag: 'OrderAlreadyPlaced', orderId: order.orderId, placedAt: order.placedAt }),
  PayOrder: toExisting(pay),
  ShipOrder: toExisting(ship),
  DeliverOrder: toExisting(deliver),
  CancelOrder: toExisting(cancel),
};

/**
 * What happens when `command` meets `order` (undefined: never placed): the events it raises, or why it is refused.
 * Pure; `command.orderId` and the order's are the same.
 */
export const decide = <Type extends OrderCommandType>(
  command: OrderCommand<Type>,
  order: Order | undefined,
): Decision => {
  const decider: Decider<Type> = deciders[command.type];
  return decider(command, order);
};
