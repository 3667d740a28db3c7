import * as t from 'io-ts';
import { defineEvent } from '../../define-event.ts';
import { Money, ShortText } from '../values.ts';

export const OrderPaid = defineEvent({
  type: 'OrderPaid',
  version: 1,
  summary: 'The whole total of the order was charged.',
  payload: t.readonly(t.strict({ paymentReference: ShortText, amount: Money })),
  upcasts: {},
});
