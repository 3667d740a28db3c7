import * as t from 'io-ts';
import { choiceValue, textValue } from '../../domain/value-codec.ts';
import { OrderId } from '../../domain/order/values.ts';
import { closed } from '../contract/closed.ts';
import { Limit } from '../operator/page-limit.ts';
import type { OperationParameter } from './operation.ts';

export const EventId = textValue('EventId', {
  words: 'a UUID in lower case',
  minLength: 36,
  maxLength: 36,
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u,
  example: '0197e0f5-7c3b-7d02-8a41-5f0c9be1d7aa',
});

const Status = choiceValue('OutboxStatus', {
  words: 'PENDING, COMPLETED, QUARANTINED or SKIPPED',
  values: new Set(['PENDING', 'COMPLETED', 'QUARANTINED', 'SKIPPED'] as const),
  example: 'QUARANTINED',
});

export const EventType = textValue('EventType', {
  words: '1 to 64 letters and digits, a letter first',
  minLength: 1,
  maxLength: 64,
  pattern: /^[A-Za-z][A-Za-z0-9]*$/u,
  example: 'OrderPlaced',
});

/** A part of an error. */
export const ErrorText = textValue('ErrorText', {
  words: '1 to 200 characters without control characters',
  minLength: 1,
  maxLength: 200,
  pattern: /^[^\p{Cc}\p{Cs}]+$/u,
  example: 'MESSAGE_TOO_LARGE',
});

const Cursor = textValue('Cursor', {
  words: 'the `next` of the page before',
  minLength: 1,
  maxLength: 36,
  pattern: /^[0-9a-f-]+$/u,
  example: '4711',
});

const PayloadForm = choiceValue('PayloadForm', {
  words: 'masked or plain',
  values: new Set(['masked', 'plain'] as const),
  example: 'masked',
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
  t.exact(
    t.partial({
      status: Status,
      orderId: OrderId,
      type: EventType,
      error: ErrorText,
      before: Cursor,
      limit: Limit,
    }),
    'OutboxQuery',
  ),
);

/** Query of `GET /outbox/{eventId}`. */
export const EventQuery = closed(t.exact(t.partial({ payload: PayloadForm }), 'EventQuery'));

/** Queries of lists that go down, and up. */
export const BeforeQuery = closed(t.exact(t.partial({ before: Cursor, limit: Limit }), 'BeforeQuery'));
export const AfterQuery = closed(t.exact(t.partial({ after: Cursor, limit: Limit }), 'AfterQuery'));

export const parameter = (
  name: string,
  where: OperationParameter['in'],
  codec: t.Mixed,
  description: string,
): OperationParameter => ({ name, in: where, codec, description, required: where === 'path' });

export const orderIdParameter = parameter('orderId', 'path', OrderId, 'The order.');
export const eventIdParameter = parameter('eventId', 'path', EventId, 'The event.');
export const statusParameter = parameter('status', 'query', Status, 'Only events of this status.');
export const orderFilterParameter = parameter('orderId', 'query', OrderId, 'Only events of this order.');
export const typeParameter = parameter('type', 'query', EventType, 'Only events of this type.');
export const errorParameter = parameter(
  'error',
  'query',
  ErrorText,
  'Only events with this text in their last error, in whatever case.',
);
export const beforeParameter = parameter('before', 'query', Cursor, 'Only what is older than the page before.');
export const afterParameter = parameter('after', 'query', Cursor, 'Only what comes after the page before.');
export const payloadParameter = parameter(
  'payload',
  'query',
  PayloadForm,
  'masked (when not given): without texts that may tell of a person. plain: the bytes, for operators.',
);
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
