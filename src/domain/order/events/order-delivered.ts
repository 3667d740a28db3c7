import * as t from 'io-ts';
import { defineEvent } from '../../define-event.ts';
import { ShortText } from '../values.ts';

export const OrderDelivered = defineEvent({
  type: 'OrderDelivered',
  version: 1,
  summary: 'The order reached its customer; its life ends here.',
  payload: t.readonly(t.strict({ receivedBy: ShortText })),
  upcasts: {},
});
