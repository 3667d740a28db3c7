import * as t from 'io-ts';
import { MOST_ORDERS } from '../../application/consumer/reprocess-orders.ts';
import type { ParkedSelection } from '../../application/consumer/reprocess-orders.ts';
import { PARKING_CAUSES, parkingCauseNamed } from '../../application/ports/inbox.ts';
import type { ParkedQuery } from '../../application/ports/parked-orders.ts';
import { OrderId } from '../../domain/order/values.ts';
import { choiceValue, listValue, textValue } from '../../domain/value-codec.ts';
import { closed } from '../contract/closed.ts';
import { Limit, limitOf, parameter } from './parameters.ts';
import { Reason } from './reasons.ts';

export const ConsumerName = textValue('ConsumerName', {
  words: '1 to 32 lower-case letters, digits and -, a letter first',
  minLength: 1,
  maxLength: 32,
  pattern: /^[a-z][a-z0-9-]*$/u,
  example: 'payment',
});

const Cause = choiceValue('ParkingCause', {
  words: `one of ${PARKING_CAUSES.join(', ')}`,
  values: new Set(PARKING_CAUSES),
  example: 'handler-failed',
});

const ParkedCursor = textValue('ParkedCursor', {
  words: 'the `next` of the page before',
  minLength: 1,
  maxLength: 64,
  pattern: /^[0-9a-f-]+$/u,
  example: '20260131093000123456-0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10',
});

/** Query of `GET /consumers/{consumer}/parked`. */
export const ParkedListQuery = closed(
  t.exact(t.partial({ cause: Cause, after: ParkedCursor, limit: Limit }), 'ParkedListQuery'),
);

export const consumerParameter = parameter(
  'consumer',
  'path',
  ConsumerName,
  'The consumer, as PROGRESS_URLS names it.',
);
export const causeParameter = parameter('cause', 'query', Cause, 'Only orders that are parked for this.');
export const parkedAfterParameter = parameter('after', 'query', ParkedCursor, 'Only what comes after the page before.');

export const parkedQueryOf = ({ cause, after, limit }: t.TypeOf<typeof ParkedListQuery>): ParkedQuery => {
  const known = parkingCauseNamed(cause);
  return {
    limit: limitOf(limit),
    ...(known === undefined ? {} : { cause: known }),
    ...(after === undefined ? {} : { after }),
  };
};

export const ReprocessOneBody = closed(t.readonly(t.strict({ reason: Reason }), 'ReprocessOne'));

export const ReprocessManyBody = closed(
  t.exact(
    t.intersection([
      t.type({ reason: Reason }),
      t.partial({
        orderIds: listValue('OrderIds', OrderId, {
          words: `1 to ${MOST_ORDERS} order IDs`,
          minItems: 1,
          maxItems: MOST_ORDERS,
        }),
        /** Parked orders that are like this; `{}` is all of them. */
        filter: t.exact(t.partial({ cause: Cause }), 'ParkedFilter'),
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
