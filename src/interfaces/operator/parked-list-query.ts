import * as t from 'io-ts';
import { PARKING_CAUSES, parkingCauseNamed } from '../../application/ports/inbox.ts';
import type { ParkedQuery } from '../../application/ports/parked-orders.ts';
import { choiceValue, textValue } from '../../domain/value-codec.ts';
import { closed } from '../contract/closed.ts';
import { Limit, limitOf } from './page-limit.ts';

/*
 * What may be asked of a list of parked orders: of a consumer, and of the service that asks the consumer.
 */

export const ParkingCause = choiceValue('ParkingCause', {
  words: `one of ${PARKING_CAUSES.join(', ')}`,
  values: new Set(PARKING_CAUSES),
  example: 'handler-failed',
});

export const ParkedCursor = textValue('ParkedCursor', {
  words: 'the `next` of the page before',
  minLength: 1,
  maxLength: 64,
  pattern: /^[0-9a-f-]+$/u,
  example: '20260131093000123456-0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10',
});

/** Query of `GET /parked` of a consumer, and of `GET /consumers/{consumer}/parked`. */
export const ParkedListQuery = closed(
  t.exact(t.partial({ cause: ParkingCause, after: ParkedCursor, limit: Limit }), 'ParkedListQuery'),
);

export const parkedQueryOf = ({ cause, after, limit }: t.TypeOf<typeof ParkedListQuery>): ParkedQuery => {
  const known = parkingCauseNamed(cause);
  return {
    limit: limitOf(limit),
    ...(known === undefined ? {} : { cause: known }),
    ...(after === undefined ? {} : { after }),
  };
};
