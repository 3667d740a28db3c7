import { createHash, randomUUID } from 'node:crypto';
import type { ConsumedRecord, IncomingEvent, ParkedRecord } from '../../src/application/ports/consumed-record.ts';

/** An event of an order as the Kafka adapter would hand it over. */
export const incoming = (
  orderId: string,
  sequence: number,
  more: Partial<Omit<IncomingEvent, 'orderId' | 'sequence' | 'fingerprint'>> = {},
): IncomingEvent => {
  const event = {
    eventId: randomUUID(),
    type: 'SomethingHappened',
    version: 1,
    occurredAt: '2026-01-31T09:30:00.123Z',
    payload: JSON.stringify({ sequence }),
    headers: {},
    isSkip: false,
    source: { topic: 'orders.events.v1', partition: 0, offset: sequence - 1 },
    ...more,
    orderId,
    sequence,
  };
  const { type, version, payload } = event;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([type, version, orderId, sequence, payload]))
    .digest('hex');
  return { ...event, fingerprint };
};

/** Events 1 to `count` of one new order. */
export const history = (count: number, orderId = randomUUID()): readonly IncomingEvent[] =>
  Array.from({ length: count }, (_, index) => incoming(orderId, index + 1));

export const asRecord = (event: IncomingEvent): ConsumedRecord => ({ _tag: 'Event', event });

export const brokenRecord = (orderId: string | null, more: Partial<ParkedRecord> = {}): ParkedRecord => ({
  source: { topic: 'orders.events.v1', partition: 0, offset: 7 },
  reason: 'the record has no value',
  orderId,
  eventId: null,
  key: orderId === null ? null : Buffer.from(orderId),
  value: null,
  headers: '{}',
  ...more,
});
