import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { MOST_EVENTS } from '../../application/operations/act-on-events.ts';
import type { ActOnEvents, BulkAct, BulkOutcome, Selection } from '../../application/operations/act-on-events.ts';
import { OrderId } from '../../domain/order/values.ts';
import { listValue } from '../../domain/value-codec.ts';
import { closed } from '../contract/closed.ts';
import { admitted } from './admitted.ts';
import type { AdmittedHandler } from './admitted.ts';
import type { HttpError } from './http-error.ts';
import type { Operation } from './operation.ts';
import { BulkAnswer } from './operator-answers.ts';
import { ErrorText, EventId, EventType, idempotencyKeyParameter } from './parameters.ts';
import { problemOf } from './problem-details.ts';
import { readBody, readIdempotencyKey } from './read-request.ts';
import { Reason } from './reasons.ts';
import { sendJson, sendProblem, sendStoredAnswer } from './reply.ts';
import type { RequestAccess } from './request-access.ts';
import { decodeStoredAnswer, encodeStoredAnswer } from './stored-answer.ts';
import type { StoredAnswer } from './stored-answer.ts';
import { traceHeaders, traceparentOf } from './trace-context.ts';

export interface BulkOperationsPorts {
  readonly actOnEvents: Pick<ActOnEvents, 'handle' | 'rehearse'>;
  readonly access: Pick<RequestAccess, 'admit'>;
}

const Filter = t.exact(t.partial({ type: EventType, error: ErrorText, orderId: OrderId }), 'QuarantinedFilter');
const selection = {
  eventIds: listValue('EventIds', EventId, { words: '1 to 500 event IDs', minItems: 1, maxItems: MOST_EVENTS }),
  /** Quarantined events that are like this; `{}` is all of them. */
  filter: Filter,
  /** True: says what would be done, changes nothing. */
  dryRun: t.boolean,
};
const RedriveManyBody = closed(t.exact(t.partial({ ...selection, reason: Reason }), 'RedriveMany'));
const SkipManyBody = closed(t.exact(t.intersection([t.type({ reason: Reason }), t.partial(selection)]), 'SkipMany'));

type SelectionBody = Pick<t.TypeOf<typeof RedriveManyBody>, 'eventIds' | 'filter' | 'dryRun'>;

interface Asked {
  readonly selection: Selection;
  readonly dryRun: boolean;
}

const askedOf = ({ eventIds, filter, dryRun = false }: SelectionBody): Either<HttpError, Asked> => {
  if (eventIds !== undefined && filter === undefined) return E.right({ selection: { eventIds }, dryRun });
  if (eventIds !== undefined || filter === undefined)
    return E.left({
      _tag: 'InvalidBody',
      problems: [{ path: 'filter', message: 'must be there, or eventIds, but not both' }],
    });
  const { type, error, orderId } = filter;
  return E.right({
    dryRun,
    selection: {
      filter: {
        ...(type === undefined ? {} : { type }),
        ...(error === undefined ? {} : { error }),
        ...(orderId === undefined ? {} : { orderId }),
      },
    },
  });
};

const outcomeView = ({ done, refused, more }: BulkOutcome, dryRun: boolean): object =>
  BulkAnswer.encode({
    dryRun,
    more,
    done: dryRun ? done.map(({ eventId }) => ({ eventId, replacementEventId: null })) : done,
    refused: refused.map((error) => {
      const { type, detail } = problemOf(error).details;
      return { eventId: error.eventId, type, detail };
    }),
  });

const answerOf = (outcome: BulkOutcome): StoredAnswer => ({
  status: 200,
  headers: {},
  body: JSON.stringify(outcomeView(outcome, false)),
});

const actOnMany =
  (
    { actOnEvents }: BulkOperationsPorts,
    read: (request: Parameters<AdmittedHandler>[0]) => Either<HttpError, Asked & { readonly act: BulkAct }>,
  ): AdmittedHandler =>
  async (request, reply, { actor }) => {
    const input = pipe(
      read(request),
      E.bindTo('asked'),
      E.bind('key', () => readIdempotencyKey(request)),
    );
    if (E.isLeft(input)) return sendProblem(reply, input.left);
    const { asked, key } = input.right;
    const { selection: selected, act, dryRun } = asked;
    if (dryRun) {
      const rehearsed = await actOnEvents.rehearse({ selection: selected, act, actor })();
      return E.isLeft(rehearsed)
        ? sendProblem(reply, rehearsed.left)
        : sendJson(reply, 200, outcomeView(rehearsed.right, true));
    }
    const once = { key, answer: (outcome: BulkOutcome) => encodeStoredAnswer(answerOf(outcome)) };
    const acted = await actOnEvents.handle({ selection: selected, act, actor, once })();
    if (E.isLeft(acted)) return sendProblem(reply, acted.left);
    return acted.right._tag === 'Replayed'
      ? sendStoredAnswer(reply, decodeStoredAnswer(acted.right.answer), true)
      : sendStoredAnswer(reply, answerOf(acted.right.result), false);
  };

/** Acts on those that the body says; `actOf` tells what is done to each of them. */
const bulkOperation = <Body extends SelectionBody>(
  ports: BulkOperationsPorts,
  told: Pick<Operation, 'operationId' | 'path' | 'summary'>,
  body: { readonly codec: t.Type<Body, unknown>; readonly example: unknown },
  actOf: (body: Body, request: Parameters<AdmittedHandler>[0]) => BulkAct,
): Operation => ({
  ...told,
  method: 'POST',
  tag: 'operator',
  parameters: [idempotencyKeyParameter],
  body: { ...body, required: true },
  answers: [
    {
      status: 200,
      description: 'What was done, or would be, and what was refused.',
      contentType: 'application/json',
      codec: BulkAnswer,
    },
  ],
  ...admitted(
    ports.access,
    'operator',
    actOnMany(ports, (request) =>
      pipe(
        readBody(request, body.codec),
        E.flatMap((said) => E.map((asked: Asked) => ({ ...asked, act: actOf(said, request) }))(askedOf(said))),
      ),
    ),
  ),
});

/** Redrive and skip of many events at once, by their IDs or by what they are like. */
export const bulkOperations = (ports: BulkOperationsPorts): readonly Operation[] => [
  bulkOperation(
    ports,
    {
      operationId: 'redriveEvents',
      path: '/outbox/redrive',
      summary: `Put up to ${MOST_EVENTS} quarantined events back to work, by ID or by type, error and order, in one transaction; each audited; dryRun changes nothing`,
    },
    {
      codec: RedriveManyBody,
      example: { filter: { error: 'MESSAGE_TOO_LARGE' }, reason: 'the limit of the topic was raised', dryRun: true },
    },
    ({ reason = null }) => ({ act: 'redrive', reason }),
  ),
  bulkOperation(
    ports,
    {
      operationId: 'skipEvents',
      path: '/outbox/skip',
      summary: `Give up up to ${MOST_EVENTS} quarantined events for good, by ID or by type, error and order, in one transaction; each audited; dryRun changes nothing`,
    },
    {
      codec: SkipManyBody,
      example: { filter: { type: 'OrderPlaced' }, reason: 'told to payment by hand', dryRun: true },
    },
    ({ reason }, request) => ({
      act: 'skip',
      reason,
      headers: traceHeaders(traceparentOf(request.headers['traceparent'])),
    }),
  ),
];
