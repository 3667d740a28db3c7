import * as t from 'io-ts';
import { PARKING_CAUSES, parkingCauseNamed } from '../../application/ports/inbox.ts';
import { MOST_ORDERS } from '../../application/consumer/reprocess-orders.ts';
import type { ParkedSelection } from '../../application/consumer/reprocess-orders.ts';
import type { ParkedQuery } from '../../application/ports/parked-orders.ts';
import { choiceValue, listValue, textValue } from '../../domain/value-codec.ts';
import { closed } from '../contract/closed.ts';

const Uuid = textValue('Uuid', {
  words: 'a UUID in lower case',
  minLength: 36,
  maxLength: 36,
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u,
  example: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10',
});

const Cause = choiceValue('ParkingCause', {
  words: `one of ${PARKING_CAUSES.join(', ')}`,
  values: new Set(PARKING_CAUSES),
  example: 'handler-failed',
});

const Limit = textValue('Limit', {
  words: 'a whole number from 1 to 1,000',
  minLength: 1,
  maxLength: 4,
  pattern: /^(?:[1-9][0-9]{0,2}|1000)$/u,
  example: '50',
});

const DEFAULT_LIMIT = 50;

/** Query of `GET /parked`. */
export const ParkedListQuery = closed(
  t.exact(t.partial({ cause: Cause, after: t.string, limit: Limit }), 'ParkedListQuery'),
);

export const parkedQueryOf = ({ cause, after, limit }: t.TypeOf<typeof ParkedListQuery>): ParkedQuery => {
  const known = parkingCauseNamed(cause);
  return {
    limit: limit === undefined ? DEFAULT_LIMIT : Number(limit),
    ...(known === undefined ? {} : { cause: known }),
    ...(after === undefined ? {} : { after }),
  };
};

const dryRun = { dryRun: t.boolean };

/** Body of `POST /parked/reprocess`: these orders, or those that are parked for this cause; `{"filter":{}}` for any. */
export const ReprocessBody = closed(
  t.union(
    [
      t.exact(
        t.intersection([
          t.type({
            orderIds: listValue('OrderIds', Uuid, {
              words: `1 to ${MOST_ORDERS} order IDs`,
              minItems: 1,
              maxItems: MOST_ORDERS,
            }),
          }),
          t.partial(dryRun),
        ]),
      ),
      t.exact(t.intersection([t.type({ filter: t.exact(t.partial({ cause: Cause })) }), t.partial(dryRun)])),
    ],
    'Reprocess',
  ),
);
export type ReprocessBody = t.TypeOf<typeof ReprocessBody>;

export const selectionOf = (body: ReprocessBody): ParkedSelection =>
  'orderIds' in body ? { orderIds: body.orderIds } : { cause: parkingCauseNamed(body.filter.cause) };
