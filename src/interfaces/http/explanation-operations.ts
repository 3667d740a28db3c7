import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import type { ExplainOrder, OrderExplanation } from '../../application/operations/explain-order.ts';
import type { ConsumerView } from '../../application/ports/consumer-views.ts';
import { admitted } from './admitted.ts';
import type { AdmittedHandler } from './admitted.ts';
import type { Operation } from './operation.ts';
import { ExplanationAnswer } from './operator-answers.ts';
import { orderIdParameter } from './parameters.ts';
import { readOrderId } from './read-request.ts';
import { sendJson, sendProblem } from './reply.ts';
import type { RequestAccess } from './request-access.ts';

export interface ExplanationOperationsPorts {
  readonly explain: Pick<ExplainOrder, 'handle'>;
  readonly access: Pick<RequestAccess, 'admit'>;
}

type Explanation = t.TypeOf<typeof ExplanationAnswer>;

const consumerView = (view: ConsumerView): Explanation['consumers'][number] => {
  if (view._tag === 'Unknown') return { consumer: view.consumer, unknown: view.reason };
  const { lastSequence, waiting, parked } = view.progress;
  return {
    consumer: view.consumer,
    progress: { lastSequence, waiting: waiting.length, parked: parked?.reason ?? null },
  };
};

/** Nothing of the customer, and of what was ordered only the total. */
const explanationView = ({ order, consumers, ...story }: OrderExplanation): unknown => {
  const { orderId, status, placedAt, total } = order.order;
  return ExplanationAnswer.encode({
    ...story,
    order: { orderId, status, version: order.version, placedAt, total },
    consumers: consumers.map(consumerView),
  });
};

const explainOrder =
  ({ explain }: ExplanationOperationsPorts): AdmittedHandler =>
  async (request, reply) => {
    const orderId = readOrderId(request);
    if (E.isLeft(orderId)) return sendProblem(reply, orderId.left);
    const story = await explain.handle(orderId.right)();
    return E.isLeft(story) ? sendProblem(reply, story.left) : sendJson(reply, 200, explanationView(story.right));
  };

/** The whole story of one order, for operators. */
export const explanationOperations = (ports: ExplanationOperationsPorts): readonly Operation[] => [
  {
    operationId: 'explainOrder',
    method: 'GET',
    path: '/orders/{orderId}/explanation',
    tag: 'operator',
    summary:
      'The story of one order: where each event stands and why, what consumers made of it, and all of it by time',
    parameters: [orderIdParameter],
    answers: [
      {
        status: 200,
        description: 'A consumer that does not answer is unknown. Nothing of the customer is told.',
        contentType: 'application/json',
        codec: ExplanationAnswer,
      },
    ],
    ...admitted(ports.access, 'viewer', explainOrder(ports)),
  },
];
