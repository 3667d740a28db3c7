import type { Container } from 'inversify';
import type { Readiness } from '../application/operations/readiness.ts';
import { RedriveEvent } from '../application/operations/redrive-event.ts';
import { SkipEvent } from '../application/operations/skip-event.ts';
import { GetOrder } from '../application/orders/get-order.ts';
import { HandleOrderCommand } from '../application/orders/handle-order-command.ts';
import { OrderEvents } from '../application/orders/order-events.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { encodeEventSkipped } from '../interfaces/contract/event-skipped.ts';
import { AccessControl } from '../interfaces/http/access-control.ts';
import type { Operation } from '../interfaces/http/operation.ts';
import { operatorOperations } from '../interfaces/http/operator-operations.ts';
import { orderOperations } from '../interfaces/http/order-operations.ts';
import { TOKENS } from './tokens.ts';

/** What orders and operators ask of the service over HTTP. */
export const businessOperations = (
  container: Container,
  { http }: ServiceConfig,
  readiness: Readiness,
): readonly Operation[] => {
  const unitOfWork = container.get(TOKENS.UnitOfWork);
  const idempotencyKeys = container.get(TOKENS.IdempotencyKeys);
  const outbox = container.get(TOKENS.OutboxQueries);
  const wakeUp = container.get(TOKENS.WakeUp);
  const orders = container.get(TOKENS.OrderStore);
  const ids = container.get(TOKENS.Ids);
  const getOrder = new GetOrder({ unitOfWork, orders });
  return [
    ...orderOperations({
      handleOrderCommand: new HandleOrderCommand({
        unitOfWork,
        orders,
        outbox: container.get(TOKENS.Outbox),
        idempotencyKeys,
        ids,
        wakeUp,
      }),
      getOrder,
      orderEvents: new OrderEvents({ outbox, getOrder }),
      clock: container.get(TOKENS.Clock),
      ids,
      admits: () => readiness.admits(),
    }),
    ...operatorOperations({
      outbox,
      redriveEvent: new RedriveEvent({
        unitOfWork,
        idempotencyKeys,
        operations: container.get(TOKENS.OutboxOperations),
        audit: container.get(TOKENS.AuditLog),
        wakeUp,
      }),
      skipEvent: new SkipEvent({
        unitOfWork,
        idempotencyKeys,
        operations: container.get(TOKENS.OutboxOperations),
        audit: container.get(TOKENS.AuditLog),
        ids,
        wakeUp,
        notice: encodeEventSkipped,
      }),
      access: new AccessControl(http.accessTokens),
    }),
  ];
};
