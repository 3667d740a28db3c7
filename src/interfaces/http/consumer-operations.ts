import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { MOST_ORDERS } from '../../application/consumer/reprocess-orders.ts';
import type { ParkedSelection, Reprocessed } from '../../application/consumer/reprocess-orders.ts';
import type { ReprocessParked } from '../../application/operations/reprocess-parked.ts';
import type { ConsumerDesk, ConsumerState } from '../../application/ports/consumer-desk.ts';
import type { ParkedDesk } from '../../application/ports/parked-desk.ts';
import { ParkedListQuery, parkedQueryOf } from '../operator/parked-list-query.ts';
import { admitted } from './admitted.ts';
import type { AdmittedHandler } from './admitted.ts';
import { ConsumersAnswer, ParkedAnswer, ReprocessManyAnswer, ReprocessOneAnswer } from './consumer-answers.ts';
import {
  causeParameter,
  consumerParameter,
  parkedAfterParameter,
  parkedOrderIdParameter,
  ReprocessManyBody,
  ReprocessOneBody,
  selectionOf,
} from './consumer-parameters.ts';
import type { HttpError } from './http-error.ts';
import type { Operation } from './operation.ts';
import { idempotencyKeyParameter, limitParameter } from './parameters.ts';
import { problemOf } from './problem-details.ts';
import { readBody, readConsumer, readIdempotencyKey, readParkedOrderId, readQuery } from './read-request.ts';
import { sendJson, sendProblem, sendStoredAnswer } from './reply.ts';
import type { RequestAccess } from './request-access.ts';

export interface ConsumerOperationsPorts {
  readonly consumers: Pick<ConsumerDesk, 'statuses'>;
  readonly parked: Pick<ParkedDesk, 'list' | 'mayReprocess'>;
  readonly reprocess: Pick<ReprocessParked, 'handle' | 'rehearse'>;
  readonly access: Pick<RequestAccess, 'admit'>;
}

type Ports = ConsumerOperationsPorts;

const listConsumers =
  ({ consumers, parked }: Ports): AdmittedHandler =>
  async (_request, reply) => {
    const view = (state: ConsumerState): (typeof ConsumersAnswer)['_O']['consumers'][number] => ({
      consumer: state.consumer,
      status: state._tag === 'Known' ? state.status : null,
      unknown: state._tag === 'Known' ? null : state.reason,
      mayReprocess: E.isRight(parked.mayReprocess(state.consumer)),
    });
    const states = await consumers.statuses()();
    return sendJson(reply, 200, ConsumersAnswer.encode({ consumers: states.map(view) }));
  };

const listParked =
  ({ parked }: Ports): AdmittedHandler =>
  async (request, reply) => {
    const asked = pipe(
      E.Do,
      E.bind('consumer', () => readConsumer(request)),
      E.bind('query', () => readQuery(request, ParkedListQuery)),
    );
    if (E.isLeft(asked)) return sendProblem(reply, asked.left);
    const { consumer, query } = asked.right;
    const page = await parked.list(consumer, parkedQueryOf(query))();
    return E.isLeft(page)
      ? sendProblem(reply, page.left)
      : sendJson(reply, 200, ParkedAnswer.encode({ consumer, ...page.right }));
  };

const answerOf = (body: object): Parameters<typeof sendStoredAnswer>[1] => ({
  status: 200,
  headers: {},
  body: JSON.stringify(body),
});

const reprocessOne =
  ({ reprocess }: Ports): AdmittedHandler =>
  async (request, reply, { actor }) => {
    const input = pipe(
      E.Do,
      E.bind('consumer', () => readConsumer(request)),
      E.bind('orderId', () => readParkedOrderId(request)),
      E.bind('key', () => readIdempotencyKey(request)),
      E.bind('body', () => readBody(request, ReprocessOneBody)),
    );
    if (E.isLeft(input)) return sendProblem(reply, input.left);
    const { consumer, orderId, key, body } = input.right;
    const selection = { orderIds: [orderId] };
    const done = await reprocess.handle({ consumer, selection, actor, reason: body.reason, key })();
    if (E.isLeft(done)) return sendProblem(reply, done.left);
    if (done.right.done.length === 0) return sendProblem(reply, { _tag: 'OrderNotParked', consumer, orderId });
    const answer = ReprocessOneAnswer.encode({ consumer, orderId, released: true });
    return sendStoredAnswer(reply, answerOf(answer), done.right.replayed);
  };

const manyView = (consumer: string, { done, notParked, more }: Reprocessed, dryRun: boolean): object =>
  ReprocessManyAnswer.encode({
    dryRun,
    done: done.map((orderId) => ({ orderId })),
    refused: notParked.map((orderId) => {
      const { type, detail } = problemOf({ _tag: 'OrderNotParked', consumer, orderId }).details;
      return { orderId, type, detail };
    }),
    more,
  });

const selected = (body: Parameters<typeof selectionOf>[0]): Either<HttpError, ParkedSelection> =>
  E.fromNullable<HttpError>({
    _tag: 'InvalidBody',
    problems: [{ path: 'filter', message: 'must be there, or orderIds, but not both' }],
  })(selectionOf(body));

const reprocessMany =
  ({ reprocess }: Ports): AdmittedHandler =>
  async (request, reply, { actor }) => {
    const input = pipe(
      E.Do,
      E.bind('consumer', () => readConsumer(request)),
      E.bind('body', () => readBody(request, ReprocessManyBody)),
      E.bind('selection', ({ body }) => selected(body)),
      E.bind('key', () => readIdempotencyKey(request)),
    );
    if (E.isLeft(input)) return sendProblem(reply, input.left);
    const { consumer, selection, key, body } = input.right;
    if (body.dryRun === true) {
      const rehearsed = await reprocess.rehearse({ consumer, selection })();
      return E.isLeft(rehearsed)
        ? sendProblem(reply, rehearsed.left)
        : sendJson(reply, 200, manyView(consumer, rehearsed.right, true));
    }
    const done = await reprocess.handle({ consumer, selection, actor, reason: body.reason, key })();
    if (E.isLeft(done)) return sendProblem(reply, done.left);
    return sendStoredAnswer(reply, answerOf(manyView(consumer, done.right, false)), done.right.replayed);
  };

const answers = (description: string, codec: Operation['answers'][number]['codec']): Operation['answers'] => [
  { status: 200, description, contentType: 'application/json', ...(codec === undefined ? {} : { codec }) },
];

/** What consumers have parked, and its re-processing: the service asks each consumer, and keeps the audit. */
export const consumerOperations = (ports: ConsumerOperationsPorts): readonly Operation[] => [
  {
    operationId: 'listConsumers',
    method: 'GET',
    path: '/consumers',
    tag: 'operator',
    summary: 'The consumers that are configured: how each is doing, and how much it has parked',
    answers: answers('Each as it is now. One that does not answer is unknown.', ConsumersAnswer),
    ...admitted(ports.access, 'viewer', listConsumers(ports)),
  },
  {
    operationId: 'listParkedOrders',
    method: 'GET',
    path: '/consumers/{consumer}/parked',
    tag: 'operator',
    summary: 'Orders that a consumer has parked, the one that is parked for longest first',
    parameters: [consumerParameter, causeParameter, parkedAfterParameter, limitParameter],
    answers: answers('Each with why, since when, by which event, and how many wait behind it.', ParkedAnswer),
    ...admitted(ports.access, 'viewer', listParked(ports)),
  },
  {
    operationId: 'reprocessParkedOrder',
    method: 'POST',
    path: '/consumers/{consumer}/parked/{orderId}/reprocess',
    tag: 'operator',
    summary: 'End the parking of an order: the consumer tries its stored events again, in sequence; audited',
    parameters: [consumerParameter, parkedOrderIdParameter, idempotencyKeyParameter],
    body: { codec: ReprocessOneBody, example: { reason: 'the handler is mended' }, required: true },
    answers: answers('The consumer has released the order.', ReprocessOneAnswer),
    ...admitted(ports.access, 'operator', reprocessOne(ports)),
  },
  {
    operationId: 'reprocessParkedOrders',
    method: 'POST',
    path: '/consumers/{consumer}/parked/reprocess',
    tag: 'operator',
    summary: `End the parking of up to ${MOST_ORDERS} orders of a consumer, by ID or by cause; each audited; dryRun changes nothing`,
    parameters: [consumerParameter, idempotencyKeyParameter],
    body: {
      codec: ReprocessManyBody,
      example: { filter: { cause: 'unknown-version' }, reason: 'the consumer is upgraded', dryRun: true },
      required: true,
    },
    answers: answers('What was released, or would be, and what was not parked.', ReprocessManyAnswer),
    ...admitted(ports.access, 'operator', reprocessMany(ports)),
  },
];
