import type { FastifyReply, FastifyRequest } from 'fastify';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { AccessRole } from '../../application/operations/access-role.ts';
import type { Acted } from '../../application/operations/act-once.ts';
import type { RedriveEvent } from '../../application/operations/redrive-event.ts';
import type { SkipEvent, Skipped } from '../../application/operations/skip-event.ts';
import type { OutboxFilter, OutboxQueries } from '../../application/ports/outbox-queries.ts';
import { OUTBOX_STATUSES } from '../../application/ports/outbox-status.ts';
import { ShortText } from '../../domain/order/values.ts';
import { textValue } from '../../domain/value-codec.ts';
import { closed } from '../contract/closed.ts';
import type { AccessControl, Caller } from './access-control.ts';
import type { Operation } from './operation.ts';
import {
  eventIdParameter,
  idempotencyKeyParameter,
  limitParameter,
  orderFilterParameter,
  OutboxQuery,
  statusParameter,
} from './parameters.ts';
import { readBody, readEventId, readIdempotencyKey, readOptionalBody, readQuery } from './read-request.ts';
import { sendJson, sendProblem, sendStoredAnswer } from './reply.ts';
import { decodeStoredAnswer, encodeStoredAnswer } from './stored-answer.ts';
import type { StoredAnswer } from './stored-answer.ts';
import { traceHeaders, traceparentOf } from './trace-context.ts';

export interface OperatorOperationsPorts {
  readonly outbox: OutboxQueries;
  readonly redriveEvent: Pick<RedriveEvent, 'handle'>;
  readonly skipEvent: Pick<SkipEvent, 'handle'>;
  readonly access: Pick<AccessControl, 'admit'>;
}

const DEFAULT_LIMIT = 50;

const RedriveBody = closed(t.exact(t.partial({ reason: ShortText }), 'RedriveBody'));

/** No longer than the event that tells consumers of it may hold. */
const Reason = textValue('Reason', {
  words: '1 to 500 characters on one line, without control characters or surrounding blanks',
  minLength: 1,
  maxLength: 500,
  pattern: /^(?!\s)[^\p{Cc}\p{Cs}\u2028\u2029]+(?<!\s)$/u,
  example: 'the record exceeds the limit of the topic; told to payment by hand',
});
const SkipBody = closed(t.readonly(t.strict({ reason: Reason }), 'SkipBody'));

type Handler = (request: FastifyRequest, reply: FastifyReply, caller: Caller) => FastifyReply | Promise<FastifyReply>;

/** Nothing of the request is looked at before its sender may do this. */
const admitted = (
  { access }: OperatorOperationsPorts,
  role: AccessRole,
  handle: Handler,
): Pick<Operation, 'role' | 'handle'> => ({
  role,
  handle: (request, reply) => {
    const caller = access.admit(request.headers.authorization, role);
    return E.isLeft(caller) ? sendProblem(reply, caller.left) : handle(request, reply, caller.right);
  },
});

const filterOf = (query: t.TypeOf<typeof OutboxQuery>): OutboxFilter => {
  const status = OUTBOX_STATUSES.find((known) => known === query.status);
  return {
    limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit),
    ...(status === undefined ? {} : { status }),
    ...(query.orderId === undefined ? {} : { orderId: query.orderId }),
  };
};

const listOutbox =
  ({ outbox }: OperatorOperationsPorts): Handler =>
  async (request, reply) => {
    const query = readQuery(request, OutboxQuery);
    if (E.isLeft(query)) return sendProblem(reply, query.left);
    const events = await outbox.list(filterOf(query.right))();
    return E.isLeft(events) ? sendProblem(reply, events.left) : sendJson(reply, 200, { events: events.right });
  };

const showEvent =
  ({ outbox }: OperatorOperationsPorts): Handler =>
  async (request, reply) => {
    const eventId = readEventId(request);
    if (E.isLeft(eventId)) return sendProblem(reply, eventId.left);
    const found = await outbox.find(eventId.right)();
    if (E.isLeft(found)) return sendProblem(reply, found.left);
    return found.right === undefined
      ? sendProblem(reply, { _tag: 'EventNotFound', eventId: eventId.right })
      : sendJson(reply, 200, found.right);
  };

const okAnswer = (body: object): StoredAnswer => ({ status: 200, headers: {}, body: JSON.stringify(body) });

const sendActed = <A>(reply: FastifyReply, acted: Acted<A>, answer: (done: A) => StoredAnswer): FastifyReply =>
  acted._tag === 'Replayed'
    ? sendStoredAnswer(reply, decodeStoredAnswer(acted.answer), true)
    : sendStoredAnswer(reply, answer(acted.result), false);

const redriveEvent =
  (ports: OperatorOperationsPorts): Handler =>
  async (request, reply, { actor }) => {
    const input = pipe(
      E.Do,
      E.bind('eventId', () => readEventId(request)),
      E.bind('key', () => readIdempotencyKey(request)),
      E.bind('body', () => readOptionalBody(request, RedriveBody, {})),
    );
    if (E.isLeft(input)) return sendProblem(reply, input.left);
    const { eventId, key, body } = input.right;
    const answer = (): StoredAnswer => okAnswer({ eventId, status: 'PENDING' });
    const done = await ports.redriveEvent.handle({
      eventId,
      actor,
      reason: body.reason ?? null,
      once: { key, answer: () => encodeStoredAnswer(answer()) },
    })();
    return E.isLeft(done) ? sendProblem(reply, done.left) : sendActed(reply, done.right, answer);
  };

const skipEvent =
  (ports: OperatorOperationsPorts): Handler =>
  async (request, reply, { actor }) => {
    const input = pipe(
      E.Do,
      E.bind('eventId', () => readEventId(request)),
      E.bind('key', () => readIdempotencyKey(request)),
      E.bind('body', () => readBody(request, SkipBody)),
    );
    if (E.isLeft(input)) return sendProblem(reply, input.left);
    const { eventId, key, body } = input.right;
    const answer = ({ replacementEventId }: Skipped): StoredAnswer =>
      okAnswer({ eventId, status: 'SKIPPED', replacementEventId });
    const done = await ports.skipEvent.handle({
      eventId,
      actor,
      reason: body.reason,
      headers: traceHeaders(traceparentOf(request.headers['traceparent'])),
      once: { key, answer: (skipped) => encodeStoredAnswer(answer(skipped)) },
    })();
    return E.isLeft(done) ? sendProblem(reply, done.left) : sendActed(reply, done.right, answer);
  };

export const operatorOperations = (ports: OperatorOperationsPorts): readonly Operation[] => {
  const answer = (description: string): Operation['answers'] => [
    { status: 200, description, contentType: 'application/json' },
  ];
  return [
    {
      operationId: 'listOutbox',
      method: 'GET',
      path: '/outbox',
      tag: 'operator',
      summary: 'Events on their way to Kafka, the newest first',
      parameters: [statusParameter, orderFilterParameter, limitParameter],
      answers: answer('The events, without their payloads.'),
      ...admitted(ports, 'viewer', listOutbox(ports)),
    },
    {
      operationId: 'showOutboxEvent',
      method: 'GET',
      path: '/outbox/{eventId}',
      tag: 'operator',
      summary:
        'One event with its payload and every failed attempt; a skipped one with by whom, why and its replacement',
      parameters: [eventIdParameter],
      answers: answer('The event.'),
      ...admitted(ports, 'viewer', showEvent(ports)),
    },
    {
      operationId: 'redriveEvent',
      method: 'POST',
      path: '/outbox/{eventId}/redrive',
      tag: 'operator',
      summary: 'Put a quarantined event back to work, attempts reset; its held successors follow in order; audited',
      parameters: [eventIdParameter, idempotencyKeyParameter],
      body: { codec: RedriveBody, example: { reason: 'the limit of the topic was raised' }, required: false },
      answers: answer('The event is PENDING again.'),
      ...admitted(ports, 'operator', redriveEvent(ports)),
    },
    {
      operationId: 'skipEvent',
      method: 'POST',
      path: '/outbox/{eventId}/skip',
      tag: 'operator',
      summary:
        'Give up a quarantined event for good: an EventSkipped takes its place and its held successors follow; audited',
      parameters: [eventIdParameter, idempotencyKeyParameter],
      body: {
        codec: SkipBody,
        example: { reason: 'the record exceeds the limit of the topic; told to payment by hand' },
        required: true,
      },
      answers: answer('The event is skipped; `replacementEventId` is PENDING in its place.'),
      ...admitted(ports, 'operator', skipEvent(ports)),
    },
  ];
};
