import * as t from 'io-ts';
import { MOST_ORDERS } from '../../application/consumer/reprocess-orders.ts';
import type { ParkedSelection } from '../../application/consumer/reprocess-orders.ts';
import { parkingCauseNamed } from '../../application/ports/inbox.ts';
import { listValue, textValue } from '../../domain/value-codec.ts';
import { closed } from '../contract/closed.ts';
import { ParkedCursor, ParkingCause } from '../operator/parked-list-query.ts';
import { ParkedOrderId } from '../operator/parked-order-id.ts';
import { parameter } from './parameters.ts';
import { Reason } from './reasons.ts';

export const ConsumerName = textValue('ConsumerName', {
  words: '1 to 32 lower-case letters, digits and -, a letter first',
  minLength: 1,
  maxLength: 32,
  pattern: /^[a-z][a-z0-9-]*$/u,
  example: 'payment',
});

export const consumerParameter = parameter(
  'consumer',
  'path',
  ConsumerName,
  'The consumer, as PROGRESS_URLS names it.',
);
export const parkedOrderIdParameter = parameter('orderId', 'path', ParkedOrderId, 'The order.');
export const causeParameter = parameter('cause', 'query', ParkingCause, 'Only orders that are parked for this.');
export const parkedAfterParameter = parameter('after', 'query', ParkedCursor, 'Only what comes after the page before.');

export const ReprocessOneBody = closed(t.readonly(t.strict({ reason: Reason }), 'ReprocessOne'));

export const ReprocessManyBody = closed(
  t.exact(
    t.intersection([
      t.type({ reason: Reason }),
      t.partial({
        orderIds: listValue('OrderIds', ParkedOrderId, {
          words: `1 to ${MOST_ORDERS} order IDs`,
          minItems: 1,
          maxItems: MOST_ORDERS,
        }),
        /** Parked orders that are like this; `{}` is all of them. */
        filter: t.exact(t.partial({ cause: ParkingCause }), 'ParkedFilter'),
        /** True: says what would be done, changes nothing. */
        dryRun: t.boolean,
      }),
    ]),
    'ReprocessMany',
  ),
);

/** Undefined unless exactly one of the two is there. */
export const selectionOf = ({
  orderIds,
  filter,
}: Pick<t.TypeOf<typeof ReprocessManyBody>, 'orderIds' | 'filter'>): ParkedSelection | undefined => {
  if (orderIds !== undefined && filter === undefined) return { orderIds };
  return orderIds === undefined && filter !== undefined ? { cause: parkingCauseNamed(filter.cause) } : undefined;
};
