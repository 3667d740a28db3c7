import type { OrderCommandType } from '../../src/domain/order/commands.ts';
import type { OrderError } from '../../src/domain/order/errors.ts';
import type { OrderEvent } from '../../src/domain/order/events/catalog.ts';
import type { OrderStatus } from '../../src/domain/order/order.ts';
import { given } from '../support/given-order.ts';
import { at, commands, events, histories, orderId, reason, total } from '../support/order-samples.ts';

/** What happens in one cell: an event or the exact refusal. */
type Outcome = { readonly raises: OrderEvent } | { readonly refused: OrderError };
type Row = { readonly [Command in OrderCommandType]: Outcome };
/** A missing state, command or cell does not compile. */
type Matrix = { readonly [State in 'unplaced' | OrderStatus]: Row };

const raises = (event: OrderEvent): Outcome => ({ raises: { ...event, occurredAt: at.later } });
const refused = (error: OrderError): Outcome => ({ refused: error });

const notFound = refused({ _tag: 'OrderNotFound', orderId });
const alreadyPlaced = refused({ _tag: 'OrderAlreadyPlaced', orderId, placedAt: at.placed });
const alreadyPaid = refused({ _tag: 'OrderAlreadyPaid', orderId, paidAt: at.paid });
const alreadyShipped = refused({ _tag: 'OrderAlreadyShipped', orderId, shippedAt: at.shipped });
const alreadyDelivered = refused({ _tag: 'OrderAlreadyDelivered', orderId, deliveredAt: at.delivered });
const alreadyCancelled = refused({ _tag: 'OrderAlreadyCancelled', orderId, cancelledAt: at.cancelled, reason });
const notPaid = refused({ _tag: 'OrderNotPaid', orderId, status: 'placed' });
const notShipped = (status: OrderStatus): Outcome => refused({ _tag: 'OrderNotShipped', orderId, status });
const cancelledWith = (refundDue: typeof total | null): Outcome =>
  raises({ ...events.OrderCancelled, payload: { reason, refundDue } });

const matrix: Matrix = {
  unplaced: {
    PlaceOrder: raises(events.OrderPlaced),
    PayOrder: notFound,
    ShipOrder: notFound,
    DeliverOrder: notFound,
    CancelOrder: notFound,
  },
  placed: {
    PlaceOrder: alreadyPlaced,
    PayOrder: raises(events.OrderPaid),
    ShipOrder: notPaid,
    DeliverOrder: notShipped('placed'),
    CancelOrder: cancelledWith(null),
  },
  paid: {
    PlaceOrder: alreadyPlaced,
    PayOrder: alreadyPaid,
    ShipOrder: raises(events.OrderShipped),
    DeliverOrder: notShipped('paid'),
    CancelOrder: cancelledWith(total),
  },
  shipped: {
    PlaceOrder: alreadyPlaced,
    PayOrder: alreadyPaid,
    ShipOrder: alreadyShipped,
    DeliverOrder: raises(events.OrderDelivered),
    CancelOrder: alreadyShipped,
  },
  delivered: {
    PlaceOrder: alreadyPlaced,
    PayOrder: alreadyPaid,
    ShipOrder: alreadyShipped,
    DeliverOrder: alreadyDelivered,
    CancelOrder: alreadyDelivered,
  },
  cancelled: {
    PlaceOrder: alreadyPlaced,
    PayOrder: alreadyCancelled,
    ShipOrder: alreadyCancelled,
    DeliverOrder: alreadyCancelled,
    CancelOrder: alreadyCancelled,
  },
};

const titleOf = (outcome: Outcome): string =>
  'raises' in outcome ? `raises ${outcome.raises.type}` : `refused: ${outcome.refused._tag}`;

const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] => Object.keys(record) as Key[];

describe('every command on an order in every state', () => {
  for (const state of keysOf(matrix)) {
    describe(`given the order is ${state}`, () => {
      for (const type of keysOf(matrix[state])) {
        const outcome = matrix[state][type];
        it(`${type.padEnd(12)} → ${titleOf(outcome)}`, () => {
          const result = given(...(state === 'unplaced' ? [] : histories[state])).when(commands[type]);
          if ('raises' in outcome) result.then(outcome.raises);
          else result.thenRefused(outcome.refused);
        });
      }
    });
  }
});
