import * as t from 'io-ts';
import { defineEvent } from '../../define-event.ts';
import { Money, ShortText } from '../values.ts';

export const OrderCancelled = defineEvent({
  type: 'OrderCancelled',
  version: 1,
  summary: 'The order was called off before shipment; what was paid is due back.',
  payload: t.readonly(
    t.strict({
      reason: ShortText,
      /** What the customer has paid so far, or null when nothing was. */
      refundDue: t.union([Money, t.null]),
    }),
  ),
  upcasts: {},
});
