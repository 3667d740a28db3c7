import type { Container } from 'inversify';
import { ActOnEvents } from '../application/operations/act-on-events.ts';
import { ExplainOrder } from '../application/operations/explain-order.ts';
import { Overview } from '../application/operations/overview.ts';
import type { Readiness } from '../application/operations/readiness.ts';
import { RedriveEvent } from '../application/operations/redrive-event.ts';
import { ReprocessParked } from '../application/operations/reprocess-parked.ts';
import { SkipEvent } from '../application/operations/skip-event.ts';
import { GetOrder } from '../application/orders/get-order.ts';
import { HandleOrderCommand } from '../application/orders/handle-order-command.ts';
import { OrderEvents } from '../application/orders/order-events.ts';
import type { Tracer } from '../application/ports/tracer.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { HttpConsumerDesk } from '../infrastructure/progress/http-consumer-desk.ts';
import { HttpConsumerViews } from '../infrastructure/progress/http-consumer-views.ts';
import { HttpParkedDesk } from '../infrastructure/progress/http-parked-desk.ts';
import { tracedOrderCommands } from '../infrastructure/telemetry/tracing/traced-order-commands.ts';
import { encodeEventSkipped } from '../interfaces/contract/event-skipped.ts';
import { bulkOperations } from '../interfaces/http/bulk-operations.ts';
import { consumerOperations } from '../interfaces/http/consumer-operations.ts';
import { explanationOperations } from '../interfaces/http/explanation-operations.ts';
import type { Operation } from '../interfaces/http/operation.ts';
import { operatorOperations } from '../interfaces/http/operator-operations.ts';
import { orderOperations } from '../interfaces/http/order-operations.ts';
import { overviewOperations } from '../interfaces/http/overview-operations.ts';
import type { RequestAccess } from '../interfaces/http/request-access.ts';
import { TOKENS } from './tokens.ts';

/** What orders and operators ask of the service over HTTP. */
export const businessOperations = (
  container: Container,
  { progressUrls, reprocessTokens, kafka }: ServiceConfig,
  readiness: Readiness,
  access: RequestAccess,
  tracer: Tracer | undefined,
): readonly Operation[] => {
  const unitOfWork = container.get(TOKENS.UnitOfWork);
  const idempotencyKeys = container.get(TOKENS.IdempotencyKeys);
  const outbox = container.get(TOKENS.OutboxQueries);
  const wakeUp = container.get(TOKENS.WakeUp);
  const orders = container.get(TOKENS.OrderStore);
  const ids = container.get(TOKENS.Ids);
  const audit = container.get(TOKENS.AuditQueries);
  const clock = container.get(TOKENS.Clock);
  const commands = new HandleOrderCommand({
    unitOfWork,
    orders,
    outbox: container.get(TOKENS.Outbox),
    idempotencyKeys,
    ids,
    wakeUp,
  });
  const getOrder = new GetOrder({ unitOfWork, orders });
  const operating = {
    unitOfWork,
    idempotencyKeys,
    operations: container.get(TOKENS.OutboxOperations),
    audit: container.get(TOKENS.AuditLog),
    wakeUp,
  };
  const redrive = new RedriveEvent(operating);
  const skip = new SkipEvent({ ...operating, ids, notice: encodeEventSkipped });
  const consumers = new HttpConsumerDesk(progressUrls);
  const parked = new HttpParkedDesk({ urls: progressUrls, tokens: reprocessTokens });
  const acts = container.get(TOKENS.ConsumerActLog);
  return [
    ...orderOperations({
      handleOrderCommand: tracer === undefined ? commands : tracedOrderCommands(commands, kafka.topic, tracer),
      getOrder,
      orderEvents: new OrderEvents({ outbox, getOrder }),
      clock,
      ids,
      admits: () => readiness.admits(),
    }),
    ...overviewOperations({
      overview: new Overview({
        outbox,
        activity: container.get(TOKENS.OutboxActivity),
        relays: container.get(TOKENS.RelayViews),
        consumers,
        clock,
      }),
      outbox,
      audit,
      access,
    }),
    ...explanationOperations({
      explain: new ExplainOrder({ getOrder, outbox, audit, consumers: new HttpConsumerViews(progressUrls) }),
      access,
    }),
    ...consumerOperations({
      consumers,
      parked,
      reprocess: new ReprocessParked({ unitOfWork, idempotencyKeys, acts, desk: parked, ids }),
      access,
    }),
    ...bulkOperations({
      actOnEvents: new ActOnEvents({ unitOfWork, idempotencyKeys, outbox, redrive, skip, wakeUp }),
      access,
    }),
    ...operatorOperations({
      outbox,
      audit,
      redriveEvent: redrive,
      skipEvent: skip,
      access,
    }),
  ];
};
