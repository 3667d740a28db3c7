import type { FastifyReply, FastifyRequest } from 'fastify';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type * as t from 'io-ts';
import type { GetOrder } from '../../application/orders/get-order.ts';
import type { HandleOrderCommand } from '../../application/orders/handle-order-command.ts';
import type { OrderEvents } from '../../application/orders/order-events.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Ids } from '../../application/ports/ids.ts';
import type { VersionedOrder } from '../../application/ports/order-store.ts';
import type { OrderCommand } from '../../domain/order/commands.ts';
import { Instant, OrderId } from '../../domain/order/values.ts';
import {
  CancellationBody,
  DeliveryBody,
  orderAnswer,
  OrderAnswer,
  OrderEventsAnswer,
  PaymentBody,
  PlaceOrderBody,
  requestExamples,
  ShipmentBody,
} from '../contract/http.ts';
import type { HttpError } from './http-error.ts';
import type { Operation, OperationAnswer, OperationBody } from './operation.ts';
import { idempotencyKeyParameter, ifMatchParameter, orderIdParameter } from './parameters.ts';
import { readBody, readIdempotencyKey, readIfMatch, readOrderId } from './read-request.ts';
import { sendJson, sendJsonText, sendProblem, sendStoredAnswer } from './reply.ts';
import { decodeStoredAnswer, encodeStoredAnswer } from './stored-answer.ts';
import { traceHeaders, traceparentOf } from './trace-context.ts';

export interface OrderOperationsPorts {
  readonly handleOrderCommand: Pick<HandleOrderCommand, 'handle'>;
  readonly getOrder: Pick<GetOrder, 'get'>;
  readonly orderEvents: Pick<OrderEvents, 'of'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  /** False while orders must not be taken: checks have not passed, or found something set up wrongly. */
  readonly admits: () => boolean;
}

/** One kind of command: how its body reads and what it makes of it. */
interface CommandSpec<Body> extends Pick<Operation, 'operationId' | 'path' | 'summary'> {
  readonly codec: t.Type<Body, unknown>;
  readonly example: OperationBody['example'];
  readonly status: 200 | 201;
  readonly command: (about: { readonly orderId: OrderId; readonly at: Instant }, body: Body) => OrderCommand;
}

const JSON_ANSWER = 'application/json';
const theOrder = (status: number, description: string): OperationAnswer => ({
  status,
  description,
  contentType: JSON_ANSWER,
  codec: OrderAnswer,
});

/** Strong ETag of an order at a version. */
const etagOf = (version: number): string => `"${version}"`;

const bodyOf = ({ order, version }: VersionedOrder): string => JSON.stringify(orderAnswer(order, version));

/** Decodes what the program itself made; a failure is a defect. */
const certainly = <A>(codec: t.Decoder<unknown, A>, value: unknown): A => {
  const decoded = codec.decode(value);
  if (E.isLeft(decoded)) throw new TypeError('the service made a value that its own codec refuses');
  return decoded.right;
};

const storedAnswerOf =
  (status: 200 | 201) =>
  (saved: VersionedOrder): string =>
    encodeStoredAnswer({
      status,
      headers: {
        etag: etagOf(saved.version),
        ...(status === 201 ? { location: `/orders/${saved.order.orderId}` } : {}),
      },
      body: bodyOf(saved),
    });

const commandOperation = <Body>(spec: CommandSpec<Body>, ports: OrderOperationsPorts): Operation => {
  const placesNewOrder = spec.status === 201;
  const orderIdOf = (request: FastifyRequest): Either<HttpError, OrderId> =>
    placesNewOrder ? E.right(certainly(OrderId, ports.ids.next())) : readOrderId(request);

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (!ports.admits()) return sendProblem(reply, { _tag: 'NotReady' });
    const input = pipe(
      E.Do,
      E.bind('orderId', () => orderIdOf(request)),
      E.bind('idempotency', () => readIdempotencyKey(request)),
      E.bind('expectedVersion', () => (placesNewOrder ? E.right(undefined) : readIfMatch(request))),
      E.bind('body', () => readBody(request, spec.codec)),
    );
    if (E.isLeft(input)) return sendProblem(reply, input.left);
    const { orderId, idempotency, expectedVersion, body } = input.right;
    const at = certainly(Instant, new Date(ports.clock.now()).toISOString());
    const answered = await ports.handleOrderCommand.handle({
      command: spec.command({ orderId, at }, body),
      expectedVersion,
      idempotency,
      headers: traceHeaders(traceparentOf(request.headers['traceparent'])),
      present: storedAnswerOf(spec.status),
    })();
    return E.isLeft(answered)
      ? sendProblem(reply, answered.left)
      : sendStoredAnswer(reply, decodeStoredAnswer(answered.right.answer), answered.right.replayed);
  };

  const { operationId, path, summary, codec, example } = spec;
  return {
    operationId,
    method: 'POST',
    path,
    tag: 'orders',
    summary,
    parameters: placesNewOrder
      ? [idempotencyKeyParameter]
      : [orderIdParameter, idempotencyKeyParameter, ifMatchParameter],
    body: { codec, example, required: true },
    answers: [theOrder(spec.status, placesNewOrder ? 'Placed.' : 'Done.')],
    handle,
  };
};

const commandOperations = (ports: OrderOperationsPorts): readonly Operation[] => [
  commandOperation(
    {
      operationId: 'placeOrder',
      path: '/orders',
      summary: 'Place an order',
      codec: PlaceOrderBody,
      example: requestExamples.PlaceOrder,
      status: 201,
      command: (about, { customerId, lines }) => ({ type: 'PlaceOrder', ...about, customerId, lines }),
    },
    ports,
  ),
  commandOperation(
    {
      operationId: 'payOrder',
      path: '/orders/{orderId}/payment',
      summary: 'Record that the whole total was charged',
      codec: PaymentBody,
      example: requestExamples.Payment,
      status: 200,
      command: (about, { paymentReference, amount }) => ({ type: 'PayOrder', ...about, paymentReference, amount }),
    },
    ports,
  ),
  commandOperation(
    {
      operationId: 'shipOrder',
      path: '/orders/{orderId}/shipment',
      summary: 'Record that a paid order was handed to a carrier',
      codec: ShipmentBody,
      example: requestExamples.Shipment,
      status: 200,
      command: (about, { carrier, trackingNumber }) => ({ type: 'ShipOrder', ...about, carrier, trackingNumber }),
    },
    ports,
  ),
  commandOperation(
    {
      operationId: 'deliverOrder',
      path: '/orders/{orderId}/delivery',
      summary: 'Record that a shipped order arrived',
      codec: DeliveryBody,
      example: requestExamples.Delivery,
      status: 200,
      command: (about, { receivedBy }) => ({ type: 'DeliverOrder', ...about, receivedBy }),
    },
    ports,
  ),
  commandOperation(
    {
      operationId: 'cancelOrder',
      path: '/orders/{orderId}/cancellation',
      summary: 'Cancel an order that is not shipped yet',
      codec: CancellationBody,
      example: requestExamples.Cancellation,
      status: 200,
      command: (about, { reason }) => ({ type: 'CancelOrder', ...about, reason }),
    },
    ports,
  ),
];

const queryOperations = (ports: OrderOperationsPorts): readonly Operation[] => [
  {
    operationId: 'getOrder',
    method: 'GET',
    path: '/orders/{orderId}',
    tag: 'orders',
    summary: 'An order as it stands',
    parameters: [orderIdParameter],
    answers: [theOrder(200, 'The order.')],
    handle: async (request, reply) => {
      const orderId = readOrderId(request);
      if (E.isLeft(orderId)) return sendProblem(reply, orderId.left);
      const found = await ports.getOrder.get(orderId.right)();
      if (E.isLeft(found)) return sendProblem(reply, found.left);
      return sendJsonText(reply.header('etag', etagOf(found.right.version)), 200, bodyOf(found.right));
    },
  },
  {
    operationId: 'getOrderEvents',
    method: 'GET',
    path: '/orders/{orderId}/events',
    tag: 'orders',
    summary: 'What the order has raised, and where each event stands on its way to Kafka',
    parameters: [orderIdParameter],
    answers: [
      {
        status: 200,
        description:
          'The events by sequence: pending, held, retrying, published (partition, offset), quarantined or skipped.',
        contentType: JSON_ANSWER,
        codec: OrderEventsAnswer,
      },
    ],
    handle: async (request, reply) => {
      const orderId = readOrderId(request);
      if (E.isLeft(orderId)) return sendProblem(reply, orderId.left);
      const events = await ports.orderEvents.of(orderId.right)();
      return E.isLeft(events)
        ? sendProblem(reply, events.left)
        : sendJson(reply, 200, { orderId: orderId.right, ...events.right });
    },
  },
];

export const orderOperations = (ports: OrderOperationsPorts): readonly Operation[] => [
  ...commandOperations(ports),
  ...queryOperations(ports),
];
