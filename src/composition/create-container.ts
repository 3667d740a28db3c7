import 'reflect-metadata';
import { Container } from 'inversify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Tracer } from '../application/ports/tracer.ts';
import { laneOf } from '../application/relay/lanes.ts';
import { systemClock } from '../infrastructure/clock.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { uuidV7Ids } from '../infrastructure/ids.ts';
import { KafkaPublisher } from '../infrastructure/kafka/kafka-publisher.ts';
import type { MakePublishingClient } from '../infrastructure/kafka/publishing-client.ts';
import { MySqlAuditLog } from '../infrastructure/mysql/mysql-audit-log.ts';
import { MySqlAuditQueries } from '../infrastructure/mysql/mysql-audit-queries.ts';
import { MySqlConsumerActLog } from '../infrastructure/mysql/mysql-consumer-act-log.ts';
import { MySqlIdempotencyKeys } from '../infrastructure/mysql/mysql-idempotency-keys.ts';
import { MySqlOrderStore } from '../infrastructure/mysql/mysql-order-store.ts';
import { MySqlOutboxActivity } from '../infrastructure/mysql/mysql-outbox-activity.ts';
import { MySqlOutboxOperations } from '../infrastructure/mysql/mysql-outbox-operations.ts';
import { MySqlOutboxQueries } from '../infrastructure/mysql/mysql-outbox-queries.ts';
import { MySqlOutbox } from '../infrastructure/mysql/mysql-outbox.ts';
import { MySqlRelayLeases } from '../infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlRelayViews } from '../infrastructure/mysql/mysql-relay-views.ts';
import { MySqlUnitOfWork } from '../infrastructure/mysql/mysql-unit-of-work.ts';
import { measuredPublisher } from '../infrastructure/telemetry/measured-publisher.ts';
import { RelayTelemetry } from '../infrastructure/telemetry/relay-telemetry.ts';
import { tracedPublisher } from '../infrastructure/telemetry/tracing/traced-publisher.ts';
import type { Pools } from './pools.ts';
import { TOKENS } from './tokens.ts';

export interface Foundation {
  readonly config: ServiceConfig;
  readonly pools: Pools;
  readonly log: Logger;
  readonly registry: Registry;
  /** Undefined while tracing is off. */
  readonly tracer: Tracer | undefined;
  readonly makePublishingClient: MakePublishingClient;
  /** Names this process in leases and client IDs. */
  readonly name: string;
  /** Where relays of this process hear of commits in others; undefined while they do not. */
  readonly doorbell: () => string | undefined;
  /** What is to be closed when the process stops. */
  readonly closers: (() => Promise<void>)[];
}

/**
 * Puts an adapter behind each port's token: the one place that knows which. Only the wake-up is bound later, by whoever
 * makes the relay.
 */
export const createContainer = ({
  config,
  pools,
  log,
  registry,
  tracer,
  makePublishingClient,
  name,
  doorbell,
  closers,
}: Foundation): Container => {
  const { kafka } = config;
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.Clock).toConstantValue(systemClock);
  container.bind(TOKENS.Ids).toConstantValue(uuidV7Ids);
  container.bind(TOKENS.UnitOfWork).toDynamicValue(() => new MySqlUnitOfWork(pools.requests));
  container.bind(TOKENS.OrderStore).toDynamicValue(() => new MySqlOrderStore());
  container.bind(TOKENS.Outbox).toDynamicValue(
    () =>
      new MySqlOutbox({
        laneOf: (orderKey) => laneOf(orderKey, kafka.partitions),
        maxEventBytes: config.outboxMaxEventBytes,
      }),
  );
  container.bind(TOKENS.IdempotencyKeys).toDynamicValue(() => new MySqlIdempotencyKeys());
  container.bind(TOKENS.OutboxQueries).toDynamicValue(() => new MySqlOutboxQueries(pools.requests));
  container.bind(TOKENS.OutboxActivity).toDynamicValue(() => new MySqlOutboxActivity(pools.watch));
  container.bind(TOKENS.RelayViews).toDynamicValue(() => new MySqlRelayViews(pools.watch));
  container.bind(TOKENS.AuditQueries).toDynamicValue(() => new MySqlAuditQueries(pools.requests));
  container.bind(TOKENS.OutboxOperations).toDynamicValue(() => new MySqlOutboxOperations());
  container.bind(TOKENS.ConsumerActLog).toDynamicValue(() => new MySqlConsumerActLog());
  container.bind(TOKENS.AuditLog).toDynamicValue(() => new MySqlAuditLog());
  container
    .bind(TOKENS.RelayOutbox)
    .toDynamicValue(() => new MySqlRelayOutbox(pools.relay, new MySqlUnitOfWork(pools.relay)));
  let telemetry: RelayTelemetry | undefined;
  // Its metrics are registered where there is a relay, and nowhere else.
  const relayTelemetry = (): RelayTelemetry => (telemetry ??= new RelayTelemetry(registry, log));
  container
    .bind(TOKENS.RelayLeases)
    .toDynamicValue(() => new MySqlRelayLeases(pools.relay, doorbell, () => relayTelemetry().openCircuits()));
  container.bind(TOKENS.RelayObserver).toDynamicValue(relayTelemetry);
  container.bind(TOKENS.Publisher).toDynamicValue(() => {
    const publisher = new KafkaPublisher(kafka, makePublishingClient({ ...kafka, clientId: name }));
    closers.push(() => publisher.close());
    const measured = measuredPublisher(publisher, registry, systemClock);
    return tracer === undefined ? measured : tracedPublisher(measured, tracer, kafka.topic);
  });
  return container;
};
