import type { Container } from 'inversify';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Readiness } from '../application/operations/readiness.ts';
import { RelayGate } from '../application/operations/relay-gate.ts';
import { systemClock } from '../infrastructure/clock.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { uuidV7Ids } from '../infrastructure/ids.ts';
import { MySqlOutboxQueries } from '../infrastructure/mysql/mysql-outbox-queries.ts';
import { EventLoopMonitor } from '../infrastructure/telemetry/event-loop-monitor.ts';
import { HttpMetrics } from '../infrastructure/telemetry/http-metrics.ts';
import { createLogger } from '../infrastructure/telemetry/logger.ts';
import { MySqlMetrics } from '../infrastructure/telemetry/mysql-metrics.ts';
import { registerOutboxGauges } from '../infrastructure/telemetry/outbox-gauges.ts';
import { registerReadinessGauges } from '../infrastructure/telemetry/readiness-gauges.ts';
import { openTracer } from '../infrastructure/telemetry/tracing/open-tracer.ts';
import { registerWallClockGauge } from '../infrastructure/telemetry/wall-clock-gauge.ts';
import type { Role } from '../interfaces/cli/service-cli.ts';
import { createHttpServer } from '../interfaces/http/http-server.ts';
import type { Operation } from '../interfaces/http/operation.ts';
import { serviceOperations } from '../interfaces/http/service-operations.ts';
import { armFailpoint } from './arm-failpoint.ts';
import { businessInterfaces } from './business-interfaces.ts';
import { createContainer } from './create-container.ts';
import { createDoorbell } from './create-doorbell.ts';
import { createRelay } from './create-relay.ts';
import { janitors } from './janitors.ts';
import { loadPublishingClient } from './load-publishing-client.ts';
import { logReadiness } from './log-readiness.ts';
import { openPools } from './pools.ts';
import { processName } from './process-name.ts';
import { startChecks, storageChecks } from './start-checks.ts';
import { TOKENS } from './tokens.ts';

/**
 * How often the lag of the event loop is sampled for metrics, which show this as the least lag there is. The usual 10 ms
 * are a third of all that an idle relay costs.
 */
const LAG_SAMPLE_MS = 100;

export interface Service {
  /** Listens, and works once the checks have passed. Answers the address. Rejects when the port cannot be had. */
  start(): Promise<string>;
  /** In order: stop accepting, finish requests, stop relay or janitor, close connections; within the shutdown deadline. */
  stop(): Promise<void>;
  readonly log: Logger;
  /** What it serves over HTTP. */
  readonly operations: readonly Operation[];
}

const portOf = (role: Role, { port, relayPort, janitorPort }: ServiceConfig['http']): number =>
  ({ api: port, all: port, relay: relayPort, janitor: janitorPort })[role];

/** A counter is to be there from the start: what happens before it is first seen would not count as an increase. */
const registerRelayMetrics = (container: Container): void => {
  container.get(TOKENS.RelayObserver);
  container.get(TOKENS.Publisher);
};

/**
 * A process of the service. `rebind` may put other adapters behind the tokens before anything is made of them. Rejects with
 * `KafkaClientMissing`.
 */
export const createService = async (
  config: ServiceConfig,
  role: Role,
  rebind: (container: Container) => void = () => undefined,
): Promise<Service> => {
  const log = createLogger(config.logLevel);
  const makePublishingClient = await loadPublishingClient(config.kafka.client, log);
  const registry = new Registry();
  const name = processName();
  const tracer = await openTracer(config.tracing, { service: `orderly-${role}`, instance: name }, log);
  const pools = openPools(config, role, new MySqlMetrics(registry));
  const closers: (() => Promise<void>)[] = [];
  const doorbell = createDoorbell({
    ...{ config, role, name, registry, log, pool: pools.watch },
    wakeOwn: (lane) => {
      gate.wake(lane);
    },
  });
  const container = createContainer({
    config,
    pools,
    log,
    registry,
    tracer,
    makePublishingClient,
    name,
    doorbell: () => doorbell.address(),
    closers,
  });

  const monitor = new EventLoopMonitor();
  const readiness = new Readiness(
    role === 'janitor'
      ? storageChecks(config, pools.watch)
      : startChecks(config, pools.watch, name, { brokerMayBeDown: role === 'api', mayPin: true }),
    systemClock,
    [{ name: 'event loop', problem: () => monitor.problem() }],
  );
  const makeWorker =
    role === 'janitor'
      ? janitors({ config: config.janitor, pool: pools.janitor, registry, log, name })
      : () => createRelay(container, config, name);
  const gate = new RelayGate(readiness, makeWorker, config.shutdownDeadlineMs);
  container.bind(TOKENS.WakeUp).toConstantValue(doorbell.wakeUp);
  rebind(container);
  if (config.failpoint !== undefined) armFailpoint(container, config.failpoint);

  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_SAMPLE_MS });
  registerOutboxGauges(registry, new MySqlOutboxQueries(pools.watch), systemClock);
  registerWallClockGauge(registry, systemClock);
  registerReadinessGauges(registry, () => readiness.report());
  if (role === 'relay' || role === 'all') registerRelayMetrics(container);
  const business =
    role === 'relay' || role === 'janitor' ? undefined : businessInterfaces(container, config, readiness, tracer);
  const operations = [
    ...(business?.operations ?? []),
    ...serviceOperations({
      readiness: () => readiness.report(),
      metrics: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    }),
  ];
  const server = await createHttpServer({
    operations,
    ...(business === undefined ? {} : { addPages: business.addPages }),
    log,
    observer: new HttpMetrics(registry),
    tracer,
    newRequestId: () => uuidV7Ids.next(),
    rateLimitPerSecond: config.http.rateLimitPerSecond,
    requestTimeoutMs: config.http.requestTimeoutMs,
  });
  readiness.onChange(() => {
    logReadiness(log, readiness);
  });

  return {
    log,
    operations,
    start: async () => {
      const address = await server.listen({
        host: config.http.host,
        port: portOf(role, config.http),
      });
      monitor.start();
      readiness.start();
      await doorbell.open();
      if (role !== 'api') gate.start();
      const publishesWith = role === 'relay' || role === 'all' ? { kafkaClient: config.kafka.client } : {};
      log.info({ role, address, ...publishesWith }, 'listening');
      return address;
    },
    stop: async () => {
      const endsAt = systemClock.monotonic() + config.shutdownDeadlineMs;
      const left = (): number => Math.max(0, endsAt - systemClock.monotonic());
      const closed = new AbortController();
      await Promise.race([server.close().finally(() => closed.abort()), systemClock.sleep(left(), closed.signal)]);
      doorbell.close();
      await gate.stop(left());
      await readiness.stop();
      monitor.stop();
      await Promise.allSettled(closers.map((close) => close()));
      await Promise.allSettled([pools.requests.end(), pools.relay.end(), pools.janitor.end(), pools.watch.end()]);
      await tracer?.close();
      log.info({ role }, 'stopped');
    },
  };
};
