import 'reflect-metadata';
import { hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import { Container } from 'inversify';
import type { ServiceIdentifier } from 'inversify';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { describeCause } from './application/describe-cause.ts';
import { ExplainOrder } from './application/operations/explain-order.ts';
import { PurgeOutbox } from './application/operations/purge-outbox.ts';
import { Readiness } from './application/operations/readiness.ts';
import { RedriveEvent } from './application/operations/redrive-event.ts';
import { RelayGate } from './application/operations/relay-gate.ts';
import { SkipEvent } from './application/operations/skip-event.ts';
import { schemaCheck } from './application/operations/schema-check.ts';
import { topicCheck } from './application/operations/topic-check.ts';
import { GetOrder } from './application/orders/get-order.ts';
import { HandleOrderCommand } from './application/orders/handle-order-command.ts';
import { OrderEvents } from './application/orders/order-events.ts';
import type { Clock } from './application/ports/clock.ts';
import type { IdempotencyKeys } from './application/ports/idempotency-keys.ts';
import type { Ids } from './application/ports/ids.ts';
import type { OrderStore } from './application/ports/order-store.ts';
import type { AuditLog, OutboxOperations } from './application/ports/outbox-operations.ts';
import type { OutboxQueries } from './application/ports/outbox-queries.ts';
import type { Outbox } from './application/ports/outbox.ts';
import type { Publisher } from './application/ports/publisher.ts';
import type { RelayLeases } from './application/ports/relay-lease.ts';
import type { RelayObserver } from './application/ports/relay-observer.ts';
import type { RelayOutbox } from './application/ports/relay-outbox.ts';
import type { StartCheck } from './application/ports/start-check.ts';
import type { UnitOfWork } from './application/ports/unit-of-work.ts';
import type { WakeUp } from './application/ports/wake-up.ts';
import { laneOf } from './application/relay/lanes.ts';
import { Relay } from './application/relay/relay.ts';
import { systemClock } from './infrastructure/clock.ts';
import { decodeServiceConfig, decodeToolConfig, describeConfigProblem } from './infrastructure/config.ts';
import type { Environment, ServiceConfig, ToolConfig } from './infrastructure/config.ts';
import {
  publisherWithFailpoint,
  relayOutboxWithFailpoint,
  unitOfWorkWithFailpoint,
} from './infrastructure/failpoints.ts';
import type { Failpoint } from './infrastructure/failpoints.ts';
import { obeyFaultSignal } from './infrastructure/faults-on-signal.ts';
import { uuidV7Ids } from './infrastructure/ids.ts';
import { createKafka } from './infrastructure/kafka/kafka-client.ts';
import { KafkaPublisher } from './infrastructure/kafka/kafka-publisher.ts';
import { topicFindings } from './infrastructure/kafka/topic-findings.ts';
import { MySqlAuditLog } from './infrastructure/mysql/mysql-audit-log.ts';
import { MySqlIdempotencyKeys } from './infrastructure/mysql/mysql-idempotency-keys.ts';
import { MySqlOrderStore } from './infrastructure/mysql/mysql-order-store.ts';
import { MySqlOutboxOperations } from './infrastructure/mysql/mysql-outbox-operations.ts';
import { MySqlOutboxQueries } from './infrastructure/mysql/mysql-outbox-queries.ts';
import { MySqlOutboxRetention } from './infrastructure/mysql/mysql-outbox-retention.ts';
import { MySqlOutbox } from './infrastructure/mysql/mysql-outbox.ts';
import { createMySqlPool } from './infrastructure/mysql/mysql-pool.ts';
import type { MySqlPool } from './infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayLeases } from './infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from './infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlSchemaMigrations } from './infrastructure/mysql/mysql-schema-migrations.ts';
import { mysqlSettingsCheck } from './infrastructure/mysql/mysql-settings-check.ts';
import { MySqlTopicPins } from './infrastructure/mysql/mysql-topic-pins.ts';
import { MySqlUnitOfWork } from './infrastructure/mysql/mysql-unit-of-work.ts';
import { HttpConsumerViews } from './infrastructure/progress/http-consumer-views.ts';
import { EventLoopMonitor } from './infrastructure/telemetry/event-loop-monitor.ts';
import { HttpMetrics } from './infrastructure/telemetry/http-metrics.ts';
import { kafkaLog } from './infrastructure/telemetry/kafka-log.ts';
import { createLogger } from './infrastructure/telemetry/logger.ts';
import { registerOutboxGauges } from './infrastructure/telemetry/outbox-gauges.ts';
import { RelayTelemetry } from './infrastructure/telemetry/relay-telemetry.ts';
import { registerWallClockGauge } from './infrastructure/telemetry/wall-clock-gauge.ts';
import type { OperatorServices, OperatorServicesFactory, SettingsRefused } from './interfaces/cli/operator-services.ts';
import { runOrderCli } from './interfaces/cli/order-cli.ts';
import { processLaunch, stopRequested } from './interfaces/cli/process-launch.ts';
import type { Launch } from './interfaces/cli/process-launch.ts';
import { runServiceCli } from './interfaces/cli/service-cli.ts';
import type { Role } from './interfaces/cli/service-cli.ts';
import type { ExitCode } from './interfaces/cli/terminal.ts';
import { encodeEventSkipped } from './interfaces/contract/event-skipped.ts';
import { createHttpServer } from './interfaces/http/http-server.ts';
import type { Operation } from './interfaces/http/operation.ts';
import { operatorOperations } from './interfaces/http/operator-operations.ts';
import { orderOperations } from './interfaces/http/order-operations.ts';
import { serviceOperations } from './interfaces/http/service-operations.ts';

/*
 * Composition root of the service: the one place that knows which adapter stands behind which port. Each token can
 * be bound anew before the service is made, as the simulator does to plant a bug.
 */

const token = <T>(name: string): ServiceIdentifier<T> => Symbol(name);

export const TOKENS = {
  Clock: token<Clock>('Clock'),
  Ids: token<Ids>('Ids'),
  UnitOfWork: token<UnitOfWork>('UnitOfWork'),
  OrderStore: token<OrderStore>('OrderStore'),
  Outbox: token<Outbox>('Outbox'),
  IdempotencyKeys: token<IdempotencyKeys>('IdempotencyKeys'),
  OutboxQueries: token<OutboxQueries>('OutboxQueries'),
  OutboxOperations: token<OutboxOperations>('OutboxOperations'),
  AuditLog: token<AuditLog>('AuditLog'),
  RelayOutbox: token<RelayOutbox>('RelayOutbox'),
  RelayLeases: token<RelayLeases>('RelayLeases'),
  RelayObserver: token<RelayObserver>('RelayObserver'),
  Publisher: token<Publisher>('Publisher'),
  WakeUp: token<WakeUp>('WakeUp'),
} as const;

const MIGRATIONS = fileURLToPath(new URL('./infrastructure/mysql/migrations', import.meta.url));

/** Connections for checks and gauges: they must answer also while all others are busy. */
const WATCH_CONNECTIONS = 2;
/** Connections of the relay beside one for each lane: polling, renewing, looking for lanes. */
const RELAY_EXTRA_CONNECTIONS = 3;

const STALL = { stallMs: 2_000, rememberMs: 10_000 };

interface Pools {
  readonly requests: MySqlPool;
  readonly relay: MySqlPool;
  readonly watch: MySqlPool;
}

/** A relay's idle connections are not closed sooner than twice in so long, milliseconds, however short its lease. */
const RELAY_LEAST_SILENCE_MS = 5_000;

/**
 * Connections are opened on first use; a pool that is never used costs nothing. A relay that is frozen in the middle of
 * a settlement keeps its lane's lease locked, so its session must not outlive the lease by much.
 */
const openPools = ({ mysql, kafka, relay }: ServiceConfig): Pools => ({
  requests: createMySqlPool(mysql),
  relay: createMySqlPool({
    ...mysql,
    connections: kafka.partitions + RELAY_EXTRA_CONNECTIONS,
    silenceMs: Math.max(relay.leaseMs, RELAY_LEAST_SILENCE_MS),
  }),
  watch: createMySqlPool({ ...mysql, connections: WATCH_CONNECTIONS }),
});

/** Another one after each start. */
const processName = (): string =>
  `${hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 60)}-${process.pid}-${uuidV7Ids.next().slice(-8)}`;

interface Foundation {
  readonly config: ServiceConfig;
  readonly pools: Pools;
  readonly log: Logger;
  readonly registry: Registry;
  /** Names this process in leases and client IDs. */
  readonly name: string;
  /** What is to be closed when the process stops. */
  readonly closers: (() => Promise<void>)[];
}

const createContainer = ({ config, pools, log, registry, name, closers }: Foundation): Container => {
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
  container.bind(TOKENS.OutboxOperations).toDynamicValue(() => new MySqlOutboxOperations());
  container.bind(TOKENS.AuditLog).toDynamicValue(() => new MySqlAuditLog());
  container
    .bind(TOKENS.RelayOutbox)
    .toDynamicValue(() => new MySqlRelayOutbox(pools.relay, new MySqlUnitOfWork(pools.relay)));
  container.bind(TOKENS.RelayLeases).toDynamicValue(() => new MySqlRelayLeases(pools.relay));
  container.bind(TOKENS.RelayObserver).toDynamicValue(() => new RelayTelemetry(registry, log));
  container.bind(TOKENS.Publisher).toDynamicValue(() => {
    const publisher = new KafkaPublisher({ ...kafka, clientId: name, log: kafkaLog(log), logLevel: 'warn' });
    closers.push(() => publisher.close());
    return publisher;
  });
  return container;
};

/** Every check that must pass before work starts. */
const startChecks = (
  config: ServiceConfig,
  pool: MySqlPool,
  clientId: string,
  topicOptions: { readonly brokerMayBeDown: boolean; readonly mayPin: boolean },
): readonly StartCheck[] => {
  const { kafka, outboxMaxEventBytes: maxEventBytes } = config;
  const client = createKafka({ brokers: kafka.brokers, clientId: `${clientId}-check`, retries: 0 });
  const { topic, partitions } = kafka;
  return [
    mysqlSettingsCheck(pool, { maxEventBytes }),
    schemaCheck(new MySqlSchemaMigrations(pool, config.mysql.url, MIGRATIONS)),
    topicCheck({
      topic,
      partitions,
      askBroker: topicFindings(client, { topic, partitions, maxEventBytes }),
      pins: new MySqlTopicPins(pool),
      ...topicOptions,
    }),
  ];
};

const createRelay = (container: Container, { kafka, relay }: ServiceConfig, owner: string): Relay =>
  new Relay(
    {
      outbox: container.get(TOKENS.RelayOutbox),
      leases: container.get(TOKENS.RelayLeases),
      publisher: container.get(TOKENS.Publisher),
      observer: container.get(TOKENS.RelayObserver),
      clock: container.get(TOKENS.Clock),
      random: { next: Math.random },
    },
    {
      owner,
      lanes: kafka.partitions,
      leaseMs: relay.leaseMs,
      publishTimeoutMs: kafka.requestTimeoutMs,
      pollMinMs: relay.pollMinMs,
      pollMaxMs: relay.pollMaxMs,
      batchRecords: relay.batchRecords,
      retry: { baseMs: relay.retryBaseMs, capMs: relay.retryCapMs },
    },
  );

const businessOperations = (
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
      operatorToken: http.operatorToken,
    }),
  ];
};

/** Lets the process die at the named moment, as by kill -9. For tests; refused in production. */
const armFailpoint = (container: Container, failpoint: Failpoint): void => {
  const unitOfWork = container.get(TOKENS.UnitOfWork);
  const publisher = container.get(TOKENS.Publisher);
  const relayOutbox = container.get(TOKENS.RelayOutbox);
  container.rebind(TOKENS.UnitOfWork).toConstantValue(unitOfWorkWithFailpoint(unitOfWork, failpoint));
  container.rebind(TOKENS.Publisher).toConstantValue(publisherWithFailpoint(publisher, failpoint));
  container.rebind(TOKENS.RelayOutbox).toConstantValue(relayOutboxWithFailpoint(relayOutbox, failpoint));
};

const logReadiness = (log: Logger, readiness: Readiness): void => {
  const { ready, checks } = readiness.report();
  for (const { name: check, state } of checks) {
    if (state._tag === 'Failing') log.warn({ check, reason: state.reason }, 'not ready');
    const findings = state._tag === 'Misconfigured' ? state.findings : state._tag === 'Passed' ? state.warnings : [];
    for (const { problem, mend, isWarning } of findings)
      log[isWarning === true ? 'warn' : 'error']({ check, problem, mend }, 'check');
  }
  if (ready) log.info('ready');
};

export interface Service {
  /** Listens, and works once the checks have passed. Answers the address. Rejects when the port cannot be had. */
  start(): Promise<string>;
  /** In order: stop accepting, finish requests, stop the relay, close connections; within the shutdown deadline. */
  stop(): Promise<void>;
  readonly log: Logger;
}

/** A process of the service. `rebind` may put other adapters behind the tokens before anything is made of them. */
export const createService = async (
  config: ServiceConfig,
  role: Role,
  rebind: (container: Container) => void = () => undefined,
): Promise<Service> => {
  const log = createLogger(config.logLevel);
  const registry = new Registry();
  const name = processName();
  const pools = openPools(config);
  const closers: (() => Promise<void>)[] = [];
  const container = createContainer({ config, pools, log, registry, name, closers });

  const monitor = new EventLoopMonitor(STALL);
  const stallProbe = {
    name: 'event loop',
    problem: () => {
      const ms = monitor.recentStallMs();
      return ms === undefined ? undefined : `it was stalled for ${ms} ms`;
    },
  };
  const readiness = new Readiness(
    startChecks(config, pools.watch, name, { brokerMayBeDown: role === 'api', mayPin: true }),
    systemClock,
    [stallProbe],
  );
  const gate = new RelayGate(readiness, () => createRelay(container, config, name), config.shutdownDeadlineMs);
  container.bind(TOKENS.WakeUp).toConstantValue({
    ring: () => {
      gate.wake();
    },
  });
  rebind(container);
  if (config.failpoint !== undefined) armFailpoint(container, config.failpoint);

  collectDefaultMetrics({ register: registry });
  registerOutboxGauges(registry, new MySqlOutboxQueries(pools.watch), systemClock);
  registerWallClockGauge(registry, systemClock);
  const server = await createHttpServer({
    operations: [
      ...(role === 'relay' ? [] : businessOperations(container, config, readiness)),
      ...serviceOperations({
        readiness: () => readiness.report(),
        metrics: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
      }),
    ],
    log,
    observer: new HttpMetrics(registry),
    newRequestId: () => uuidV7Ids.next(),
    rateLimitPerSecond: config.http.rateLimitPerSecond,
    requestTimeoutMs: config.http.requestTimeoutMs,
  });
  readiness.onChange(() => {
    logReadiness(log, readiness);
  });

  return {
    log,
    start: async () => {
      const address = await server.listen({
        host: config.http.host,
        port: role === 'relay' ? config.http.relayPort : config.http.port,
      });
      monitor.start();
      readiness.start();
      if (role !== 'api') gate.start();
      log.info({ role, address }, 'listening');
      return address;
    },
    stop: async () => {
      const endsAt = systemClock.monotonic() + config.shutdownDeadlineMs;
      const left = (): number => Math.max(0, endsAt - systemClock.monotonic());
      const closed = new AbortController();
      await Promise.race([server.close().finally(() => closed.abort()), systemClock.sleep(left(), closed.signal)]);
      await gate.stop(left());
      await readiness.stop();
      monitor.stop();
      await Promise.allSettled(closers.map((close) => close()));
      await Promise.allSettled([pools.requests.end(), pools.relay.end(), pools.watch.end()]);
      log.info({ role }, 'stopped');
    },
  };
};

const settingsRefused = (
  problems: readonly { readonly variable: string; readonly message: string }[],
): SettingsRefused => ({
  _tag: 'SettingsRefused',
  problems: problems.map(describeConfigProblem),
});

/**
 * Runs a process of the service until SIGTERM or SIGINT: `--role api|relay|all`. Answers its exit code: 0 stopped
 * when asked, 2 could not start.
 */
export const runService = (
  rebind?: (container: Container) => void,
  { argv, env, terminal }: Launch = processLaunch(),
): Promise<ExitCode> =>
  runServiceCli(argv, terminal, async (role) => {
    const config = decodeServiceConfig(env);
    if (E.isLeft(config)) {
      for (const line of settingsRefused(config.left).problems) terminal.err(`orderly: ${line}`);
      return 2;
    }
    obeyFaultSignal(config.right.faultsOnSignal);
    const service = await createService(config.right, role, rebind);
    try {
      await service.start();
    } catch (error) {
      terminal.err(`orderly: cannot listen: ${describeCause(error)}; set HTTP_HOST, HTTP_PORT or RELAY_HTTP_PORT`);
      await service.stop();
      return 2;
    }
    const signal = await stopRequested();
    service.log.info({ signal }, 'stopping');
    await service.stop();
    return 0;
  });

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
};

const openOperatorServices = ({ mysql, progressUrls }: ToolConfig): OperatorServices => {
  const pool = createMySqlPool({ ...mysql, connections: 2 });
  const unitOfWork = new MySqlUnitOfWork(pool);
  const outbox = new MySqlOutboxQueries(pool);
  const operating = {
    unitOfWork,
    idempotencyKeys: new MySqlIdempotencyKeys(),
    operations: new MySqlOutboxOperations(),
    audit: new MySqlAuditLog(),
    wakeUp: { ring: () => undefined },
  };
  return {
    outbox,
    redrive: new RedriveEvent(operating),
    skip: new SkipEvent({ ...operating, ids: uuidV7Ids, notice: encodeEventSkipped }),
    purge: new PurgeOutbox({ unitOfWork, retention: new MySqlOutboxRetention(pool), audit: operating.audit }),
    explain: new ExplainOrder({
      getOrder: new GetOrder({ unitOfWork, orders: new MySqlOrderStore() }),
      outbox,
      consumers: new HttpConsumerViews(progressUrls),
    }),
    close: () => pool.end(),
  };
};

const operatorServicesOf = (env: Environment): OperatorServicesFactory => ({
  actor: `cli:${userName()}`,
  open: () => {
    const config = decodeToolConfig(env);
    return E.isLeft(config) ? settingsRefused(config.left) : openOperatorServices(config.right);
  },
  openMigrations: () => {
    const config = decodeToolConfig(env);
    if (E.isLeft(config)) return settingsRefused(config.left);
    const { mysql } = config.right;
    const pool = createMySqlPool({ ...mysql, connections: 1 });
    return { migrations: new MySqlSchemaMigrations(pool, mysql.url, MIGRATIONS), close: () => pool.end() };
  },
  openDoctor: () => {
    const config = decodeServiceConfig(env);
    if (E.isLeft(config)) return settingsRefused(config.left);
    const pool = createMySqlPool({ ...config.right.mysql, connections: WATCH_CONNECTIONS });
    return {
      checks: startChecks(config.right, pool, processName(), { brokerMayBeDown: false, mayPin: false }),
      close: () => pool.end(),
    };
  },
});

/** Runs one command of the operator's CLI; answers the exit code of the process. */
export const runOrder = ({ argv, env, terminal }: Launch = processLaunch()): Promise<ExitCode> =>
  runOrderCli(argv, operatorServicesOf(env), terminal);
