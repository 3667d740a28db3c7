import type { FastifyReply } from 'fastify';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { mayAct } from '../../application/operations/access-role.ts';
import type { Acted } from '../../application/operations/act-once.ts';
import type { RedriveEvent } from '../../application/operations/redrive-event.ts';
import type { SkipEvent, Skipped } from '../../application/operations/skip-event.ts';
import type { AuditQueries, RecordedAct } from '../../application/ports/audit-queries.ts';
import type {
  OutboxEntryDetail,
  OutboxFilter,
  OutboxQueries,
  SkippedEntryDetail,
} from '../../application/ports/outbox-queries.ts';
import { OUTBOX_STATUSES } from '../../application/ports/outbox-status.ts';
import { ShortText } from '../../domain/order/values.ts';
import { closed } from '../contract/closed.ts';
import { eventSize } from '../operator/event-size.ts';
import { maskPayload } from '../operator/mask-payload.ts';
import { limitOf } from '../operator/page-limit.ts';
import { admitted } from './admitted.ts';
import type { AdmittedHandler } from './admitted.ts';
import type { Operation } from './operation.ts';
import { EventAnswer, OutboxAnswer } from './operator-answers.ts';
import {
  beforeParameter,
  errorParameter,
  eventIdParameter,
  EventQuery,
  idempotencyKeyParameter,
  limitParameter,
  orderFilterParameter,
  OutboxQuery,
  payloadParameter,
  statusParameter,
  typeParameter,
} from './parameters.ts';
import { readBody, readEventId, readIdempotencyKey, readOptionalBody, readQuery } from './read-request.ts';
import { Reason } from './reasons.ts';
import { sendJson, sendProblem, sendStoredAnswer } from './reply.ts';
import { decodeStoredAnswer, encodeStoredAnswer } from './stored-answer.ts';
import type { RequestAccess } from './request-access.ts';
import type { StoredAnswer } from './stored-answer.ts';
import { traceHeaders, traceparentOf } from './trace-context.ts';

export interface OperatorOperationsPorts {
  readonly outbox: OutboxQueries;
  readonly audit: Pick<AuditQueries, 'ofEvents'>;
  readonly redriveEvent: Pick<RedriveEvent, 'handle'>;
  readonly skipEvent: Pick<SkipEvent, 'handle'>;
  readonly access: Pick<RequestAccess, 'admit'>;
}

const RedriveBody = closed(t.exact(t.partial({ reason: ShortText }), 'RedriveBody'));

const SkipBody = closed(t.readonly(t.strict({ reason: Reason }), 'SkipBody'));

type Handler = AdmittedHandler;

const filterOf = ({ status, orderId, type, error, before, limit }: t.TypeOf<typeof OutboxQuery>): OutboxFilter => {
  const known = [...OUTBOX_STATUSES, 'SKIPPED' as const].find((each) => each === status);
  return {
    limit: limitOf(limit),
    ...(known === undefined ? {} : { status: known }),
    ...(orderId === undefined ? {} : { orderId }),
    ...(type === undefined ? {} : { type }),
    ...(error === undefined ? {} : { error }),
    ...(before === undefined ? {} : { before }),
  };
};

const listOutbox =
  ({ outbox }: OperatorOperationsPorts): Handler =>
  async (request, reply) => {
    const query = readQuery(request, OutboxQuery);
    if (E.isLeft(query)) return sendProblem(reply, query.left);
    const page = await outbox.list(filterOf(query.right))();
    if (E.isLeft(page)) return sendProblem(reply, page.left);
    const { entries: events, next } = page.right;
    return sendJson(reply, 200, OutboxAnswer.encode({ events, next }));
  };

const eventView = (
  event: OutboxEntryDetail | SkippedEntryDetail,
  audit: readonly RecordedAct[],
  plain: boolean,
): unknown =>
  EventAnswer.encode({
    ...event,
    ...eventSize(event),
    payload: plain ? event.payload : maskPayload(event.payload),
    headers: Object.entries(event.headers).map(([name, value]) => ({ name, value })),
    audit,
  });

const showEvent =
  ({ outbox, audit }: OperatorOperationsPorts): Handler =>
  async (request, reply, { role }) => {
    const asked = pipe(
      E.Do,
      E.bind('eventId', () => readEventId(request)),
      E.bind('query', () => readQuery(request, EventQuery)),
    );
    if (E.isLeft(asked)) return sendProblem(reply, asked.left);
    const { eventId, query } = asked.right;
    const plain = query.payload === 'plain';
    if (plain && !mayAct(role, 'operator')) return sendProblem(reply, { _tag: 'Forbidden', needed: 'operator' });
    const found = await pipe(
      outbox.find(eventId),
      TE.bindTo('event'),
      TE.bind('acts', () => audit.ofEvents([eventId])),
    )();
    if (E.isLeft(found)) return sendProblem(reply, found.left);
    const { event, acts } = found.right;
    return event === undefined
      ? sendProblem(reply, { _tag: 'EventNotFound', eventId })
      : sendJson(reply, 200, eventView(event, acts, plain));
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
  const answer = (description: string, codec?: t.Mixed): Operation['answers'] => [
    { status: 200, description, contentType: 'application/json', ...(codec === undefined ? {} : { codec }) },
  ];
  return [
    {
      operationId: 'listOutbox',
      method: 'GET',
      path: '/outbox',
      tag: 'operator',
      summary: 'Events on their way to Kafka, the newest first',
      parameters: [
        statusParameter,
        orderFilterParameter,
        typeParameter,
        errorParameter,
        beforeParameter,
        limitParameter,
      ],
      answers: answer('The events, without their payloads, and where the next page begins.', OutboxAnswer),
      ...admitted(ports.access, 'viewer', listOutbox(ports)),
    },
    {
      operationId: 'showOutboxEvent',
      method: 'GET',
      path: '/outbox/{eventId}',
      tag: 'operator',
      summary:
        'One event with its payload, every failed attempt and what operators did; a skipped one with by whom, why and its replacement',
      parameters: [eventIdParameter, payloadParameter],
      answers: answer('The event.', EventAnswer),
      ...admitted(ports.access, 'viewer', showEvent(ports)),
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
      ...admitted(ports.access, 'operator', redriveEvent(ports)),
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
      ...admitted(ports.access, 'operator', skipEvent(ports)),
    },
  ];
};
