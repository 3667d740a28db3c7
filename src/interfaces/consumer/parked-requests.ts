import * as t from 'io-ts';
import { parkingCauseNamed } from '../../application/ports/inbox.ts';
import { MOST_ORDERS } from '../../application/consumer/reprocess-orders.ts';
import type { ParkedSelection } from '../../application/consumer/reprocess-orders.ts';
import { listValue } from '../../domain/value-codec.ts';
import { closed } from '../contract/closed.ts';
import { ParkingCause } from '../operator/parked-list-query.ts';
import { ParkedOrderId } from '../operator/parked-order-id.ts';

const dryRun = { dryRun: t.boolean };

/** Body of `POST /parked/reprocess`: these orders, or those that are parked for this cause; `{"filter":{}}` for any. */
export const ReprocessBody = closed(
  t.union(
    [
      t.exact(
        t.intersection([
          t.type({
            orderIds: listValue('OrderIds', ParkedOrderId, {
              words: `1 to ${MOST_ORDERS} order IDs`,
              minItems: 1,
              maxItems: MOST_ORDERS,
            }),
          }),
          t.partial(dryRun),
        ]),
      ),
      t.exact(t.intersection([t.type({ filter: t.exact(t.partial({ cause: ParkingCause })) }), t.partial(dryRun)])),
    ],
    'Reprocess',
  ),
);
export type ReprocessBody = t.TypeOf<typeof ReprocessBody>;

export const selectionOf = (body: ReprocessBody): ParkedSelection =>
  'orderIds' in body ? { orderIds: body.orderIds } : { cause: parkingCauseNamed(body.filter.cause) };
