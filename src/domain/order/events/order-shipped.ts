import * as t from 'io-ts';
import { defineEvent } from '../../define-event.ts';
import { ShortText } from '../values.ts';

export const OrderShipped = defineEvent({
  type: 'OrderShipped',
  version: 1,
  summary: 'The whole order was handed to a carrier.',
  payload: t.readonly(t.strict({ carrier: ShortText, trackingNumber: ShortText })),
  upcasts: {},
});
