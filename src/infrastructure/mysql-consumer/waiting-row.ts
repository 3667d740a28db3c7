import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { IncomingEvent } from '../../application/ports/consumed-record.ts';
import { UnreadableRow, WholeNumber } from '../mysql/rows.ts';

/** Columns of table `inbox_waiting` that make an event, in the order in which they are inserted. */
export const WAITING_COLUMNS = [
  'event_id',
  'order_id',
  'sequence',
  'type',
  'version',
  'occurred_at',
  'payload',
  'headers',
  'fingerprint',
  'is_skip',
  'topic',
  'kafka_partition',
  'kafka_offset',
].join(', ');

export const WaitingRow = t.strict({
  event_id: t.string,
  order_id: t.string,
  sequence: WholeNumber,
  type: t.string,
  version: WholeNumber,
  occurred_at: t.string,
  payload: t.string,
  headers: t.string,
  fingerprint: t.string,
  is_skip: t.union([t.literal(0), t.literal(1)]),
  topic: t.string,
  kafka_partition: WholeNumber,
  kafka_offset: WholeNumber,
});

const Headers = t.record(t.string, t.string);

export const eventOf = (row: t.TypeOf<typeof WaitingRow>): IncomingEvent => {
  const headers = Headers.decode(JSON.parse(row.headers));
  if (E.isLeft(headers)) throw new UnreadableRow(`headers of waiting event ${row.event_id}`);
  return {
    eventId: row.event_id,
    orderId: row.order_id,
    sequence: row.sequence,
    type: row.type,
    version: row.version,
    occurredAt: row.occurred_at,
    payload: row.payload,
    headers: headers.right,
    fingerprint: row.fingerprint,
    isSkip: row.is_skip === 1,
    source: { topic: row.topic, partition: row.kafka_partition, offset: row.kafka_offset },
  };
};
