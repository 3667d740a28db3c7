import type { ServiceIdentifier } from 'inversify';
import type { AuditQueries } from '../application/ports/audit-queries.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { ConsumerActLog } from '../application/ports/consumer-act-log.ts';
import type { IdempotencyKeys } from '../application/ports/idempotency-keys.ts';
import type { Ids } from '../application/ports/ids.ts';
import type { OrderStore } from '../application/ports/order-store.ts';
import type { OutboxActivity } from '../application/ports/outbox-activity.ts';
import type { AuditLog, OutboxOperations } from '../application/ports/outbox-operations.ts';
import type { OutboxQueries } from '../application/ports/outbox-queries.ts';
import type { Outbox } from '../application/ports/outbox.ts';
import type { Publisher } from '../application/ports/publisher.ts';
import type { RelayLeases } from '../application/ports/relay-lease.ts';
import type { RelayObserver } from '../application/ports/relay-observer.ts';
import type { RelayOutbox } from '../application/ports/relay-outbox.ts';
import type { RelayViews } from '../application/ports/relay-views.ts';
import type { UnitOfWork } from '../application/ports/unit-of-work.ts';
import type { WakeUp } from '../application/ports/wake-up.ts';

const token = <T>(name: string): ServiceIdentifier<T> => Symbol(name);

/** One for each port. Each can be bound anew before the service is made, as the simulator does to plant a bug. */
export const TOKENS = {
  Clock: token<Clock>('Clock'),
  Ids: token<Ids>('Ids'),
  UnitOfWork: token<UnitOfWork>('UnitOfWork'),
  OrderStore: token<OrderStore>('OrderStore'),
  Outbox: token<Outbox>('Outbox'),
  IdempotencyKeys: token<IdempotencyKeys>('IdempotencyKeys'),
  OutboxQueries: token<OutboxQueries>('OutboxQueries'),
  OutboxActivity: token<OutboxActivity>('OutboxActivity'),
  OutboxOperations: token<OutboxOperations>('OutboxOperations'),
  AuditLog: token<AuditLog>('AuditLog'),
  ConsumerActLog: token<ConsumerActLog>('ConsumerActLog'),
  AuditQueries: token<AuditQueries>('AuditQueries'),
  RelayViews: token<RelayViews>('RelayViews'),
  RelayOutbox: token<RelayOutbox>('RelayOutbox'),
  RelayLeases: token<RelayLeases>('RelayLeases'),
  RelayObserver: token<RelayObserver>('RelayObserver'),
  Publisher: token<Publisher>('Publisher'),
  WakeUp: token<WakeUp>('WakeUp'),
} as const;
