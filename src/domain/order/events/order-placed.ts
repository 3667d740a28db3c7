import * as t from 'io-ts';
import { defineEvent } from '../../define-event.ts';
import { CustomerId, Money, OrderLines } from '../values.ts';

export const OrderPlaced = defineEvent({
  type: 'OrderPlaced',
  version: 1,
  summary: 'A customer placed an order; nothing is charged yet.',
  payload: t.readonly(t.strict({ customerId: CustomerId, lines: OrderLines, total: Money })),
  upcasts: {},
});
