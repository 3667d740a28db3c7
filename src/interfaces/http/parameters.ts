import * as t from 'io-ts';
import { choiceValue, textValue } from '../../domain/value-codec.ts';
import { OrderId } from '../../domain/order/values.ts';
import { closed } from '../contract/closed.ts';
import type { OperationParameter } from './operation.ts';

const EventId = textValue('EventId', {
  words: 'a UUID in lower case',
  minLength: 36,
  maxLength: 36,
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u,
  example: '0197e0f5-7c3b-7d02-8a41-5f0c9be1d7aa',
});

const Status = choiceValue('OutboxStatus', {
  words: 'PENDING, COMPLETED or QUARANTINED',
  values: new Set(['PENDING', 'COMPLETED', 'QUARANTINED'] as const),
  example: 'QUARANTINED',
});

const Limit = textValue('Limit', {
  words: 'a whole number from 1 to 1,000',
  minLength: 1,
  maxLength: 4,
  pattern: /^(?:[1-9][0-9]{0,2}|1000)$/u,
  example: '50',
});

const IdempotencyKeyHeader = textValue('IdempotencyKey', {
  words: '1 to 255 visible ASCII characters',
  minLength: 1,
  maxLength: 255,
  pattern: /^[\u0021-\u007e]+$/u,
  example: 'order-4711-payment',
});

const IfMatchHeader = textValue('IfMatch', {
  words: 'one version in quotes, or *',
  minLength: 1,
  maxLength: 11,
  pattern: /^(?:"[0-9]{1,9}"|\*)$/u,
  example: '"1"',
});

/** Query of `GET /outbox`. */
export const OutboxQuery = closed(
  t.exact(t.partial({ status: Status, orderId: OrderId, limit: Limit }), 'OutboxQuery'),
);

const parameter = (
  name: string,
  where: OperationParameter['in'],
  codec: t.Mixed,
  description: string,
): OperationParameter => ({ name, in: where, codec, description, required: where === 'path' });

export const orderIdParameter = parameter('orderId', 'path', OrderId, 'The order.');
export const eventIdParameter = parameter('eventId', 'path', EventId, 'The event.');
export const statusParameter = parameter('status', 'query', Status, 'Only events of this status.');
export const orderFilterParameter = parameter('orderId', 'query', OrderId, 'Only events of this order.');
export const limitParameter = parameter('limit', 'query', Limit, 'At most this many; 50 when not given.');

export const idempotencyKeyParameter: OperationParameter = {
  ...parameter(
    'Idempotency-Key',
    'header',
    IdempotencyKeyHeader,
    'A key of your own for this request. Sent again with the same key and body, it is done once and answered with the same bytes.',
  ),
  required: true,
};

export const ifMatchParameter = parameter(
  'If-Match',
  'header',
  IfMatchHeader,
  'The version you have seen, in quotes; refused with 412 when the order has moved on.',
);
