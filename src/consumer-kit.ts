import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { CallbackSender } from './application/consumer/callback-sender.ts';
import { ConsumeBatch } from './application/consumer/consume-batch.ts';
import { ConsumeRecord } from './application/consumer/consume-record.ts';
import { HANDLER_RETRY } from './application/consumer/handler-retry.ts';
import { ReprocessOrders } from './application/consumer/reprocess-orders.ts';
import { SettleBatch } from './application/consumer/settle-batch.ts';
import { SettleEvent } from './application/consumer/settle-event.ts';
import type { Subscription } from './application/consumer/subscription.ts';
import { describeCause } from './application/describe-cause.ts';
import type { Inbox } from './application/ports/inbox.ts';
import type { Tracer } from './application/ports/tracer.ts';
import { systemClock } from './infrastructure/clock.ts';
import { decodeConsumerSettings } from './infrastructure/consumer-config.ts';
import type { ConsumerSettings } from './infrastructure/consumer-config.ts';
import {
  killAt,
  posterWithFailpoint,
  processWithFailpoint,
  subscriptionWithFailpoint,
} from './infrastructure/consumer-failpoints.ts';
import type { Reach } from './infrastructure/consumer-failpoints.ts';
import { ConsumerProcess } from './infrastructure/consumer-process.ts';
import { obeyFaultSignal } from './infrastructure/faults-on-signal.ts';
import { HttpCallbackPoster } from './infrastructure/http-callback-poster.ts';
import { createKafka } from './infrastructure/kafka/kafka-client.ts';
import type { ProcessRecords } from './infrastructure/kafka/kafka-consumer-batch.ts';
import { recordReader } from './infrastructure/kafka/kafka-consumer-record.ts';
import { KafkaConsumer, offsetResetIn } from './infrastructure/kafka/kafka-consumer.ts';
import { KafkaTopicOffsets } from './infrastructure/kafka/kafka-topic-offsets.ts';
import { createInboxJanitor } from './infrastructure/mysql-consumer/inbox-janitor.ts';
import { MySqlCallbackOutbox } from './infrastructure/mysql-consumer/mysql-callback-outbox.ts';
import { mysqlConsumerEffects } from './infrastructure/mysql-consumer/mysql-consumer-effects.ts';
import { MySqlConsumerProgress } from './infrastructure/mysql-consumer/mysql-consumer-progress.ts';
import { MySqlInbox } from './infrastructure/mysql-consumer/mysql-inbox.ts';
import { MySqlParkedOrders } from './infrastructure/mysql-consumer/mysql-parked-orders.ts';
import { MySqlUnitOfWork } from './infrastructure/mysql/mysql-unit-of-work.ts';
import { refuseToStart, reprocess, runConsumerProcess } from './infrastructure/run-consumer-process.ts';
import { ConsumerTelemetry, registerConsumerGauges } from './infrastructure/telemetry/consumer-telemetry.ts';
import { EventLoopMonitor } from './infrastructure/telemetry/event-loop-monitor.ts';
import { createLogger } from './infrastructure/telemetry/logger.ts';
import { openTracer } from './infrastructure/telemetry/tracing/open-tracer.ts';
import { tracedPoster, tracedSubscription } from './infrastructure/telemetry/tracing/traced-consumer.ts';
import { MySqlMetrics } from './infrastructure/telemetry/mysql-metrics.ts';
import { registerWallClockGauge } from './infrastructure/telemetry/wall-clock-gauge.ts';
import { declaredHandlers } from './interfaces/consumer/declared-handlers.ts';
import type { ConsumerDefinitionOf, EventContract } from './interfaces/consumer/consumer-definition.ts';
import { orderContract } from './interfaces/consumer/order-consumer.ts';
import type { ConsumerDefinition } from './interfaces/consumer/order-consumer.ts';
import { ParkedRoutes } from './interfaces/consumer/parked-routes.ts';
import { ProgressServer } from './interfaces/consumer/progress-server.ts';

/*
 * The consumer kit: composition root and public entry. Another team declares a consumer (name, group, a handler or
 * an explicit `ignore` per event type) and runs it:
 *
 *   await startConsumer({
 *     own: {},
 *     define: () => ({
 *       name: 'points',
 *       group: 'points',
 *       migrations: join(import.meta.dirname, 'migrations'),
 *       handlers: {
 *         OrderPaid: (event, { tx }) => tx.execute('INSERT INTO points (order_id) VALUES (?)', [event.orderId]),
 *         OrderPlaced: ignore, OrderShipped: ignore, OrderDelivered: ignore, OrderCancelled: ignore,
 *       },
 *     }),
 *   });
 */

export { Unavailable } from './application/consumer/outage.ts';
export type { CallbackRequest, HandlerContext } from './application/consumer/run-handler.ts';
export type { EventRefused } from './application/consumer/subscription.ts';
export type { EffectTransaction, SqlValue } from './application/ports/consumer-effects.ts';
export type { IncomingEvent } from './application/ports/consumed-record.ts';
export type { Inbox, InboxState } from './application/ports/inbox.ts';
export type { ConsumerSettings } from './infrastructure/consumer-config.ts';
export { ConsumerProcess } from './infrastructure/consumer-process.ts';
export * as settings from './infrastructure/settings.ts';
export { ignore } from './interfaces/consumer/consumer-definition.ts';
export type {
  ConsumerDefinitionOf,
  EncodedEvent,
  EventContract,
  EventOf,
  HandlerOf,
  HandlersOf,
  ReceivedOf,
  Refusal,
  RefusalHandler,
} from './interfaces/consumer/consumer-definition.ts';
export type {
  ConsumerDefinition,
  EventHandler,
  EventHandlers,
  ReceivedEvent,
} from './interfaces/consumer/order-consumer.ts';

/** Adapters that tests and planted bugs replace. */
export interface ConsumerOverrides {
  /** Given the real inbox, answers the one to use. */
  readonly inbox?: (real: Inbox) => Inbox;
  readonly subscription?: (real: Subscription) => Subscription;
  /** Called at each failpoint instead of killing the process. */
  readonly reach?: Reach;
  /** Given one, effects and callbacks leave spans. */
  readonly tracer?: Tracer | undefined;
}

const NAME = /^[a-z0-9-]{1,64}$/;
const CALLBACK_TIMEOUT_MS = 5_000;
/** Well below the lock wait (1 s) of whoever else wants an order of the batch. */
const BATCH_OPEN_MS = 400;

/** Wires a consumer of orders; nothing runs before its `start`. @throws TypeError when a name of the definition is not usable. */
export const createConsumer = (
  definition: ConsumerDefinition,
  settings: ConsumerSettings,
  overrides: ConsumerOverrides = {},
): ConsumerProcess => createConsumerOf(orderContract, definition, settings, overrides);

/** The same for the events of any other aggregate, on a topic of their own. */
export const createConsumerOf = <Payloads extends object>(
  contract: EventContract<Payloads>,
  definition: ConsumerDefinitionOf<Payloads>,
  settings: ConsumerSettings,
  overrides: ConsumerOverrides = {},
): ConsumerProcess => {
  const { name, group } = definition;
  if (!NAME.test(name)) throw new TypeError(`consumer name ${JSON.stringify(name)} is not 1–64 of a–z, 0–9 and -`);
  if (group === '') throw new TypeError(`consumer ${name} has no group`);
  const reach = overrides.reach ?? (settings.failpoint === undefined ? undefined : killAt(settings.failpoint));
  const clock = systemClock;
  const random = { next: Math.random };
  const log = createLogger(settings.logLevel);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerWallClockGauge(registry, clock);
  const observer = new ConsumerTelemetry(registry, log);

  const mysqlMetrics = new MySqlMetrics(registry);
  const pool = mysqlMetrics.openPool('consumer', settings.mysql);
  const unitOfWork = new MySqlUnitOfWork(pool);
  const genuine = new MySqlInbox(pool, name);
  const inbox = overrides.inbox?.(genuine) ?? genuine;
  const callbacks = new MySqlCallbackOutbox(pool, unitOfWork, name);
  const progress = new MySqlConsumerProgress(pool, name);

  const kafka = createKafka({
    ...settings.kafka,
    clientId: name,
    log: (line) => {
      const reset = offsetResetIn(line);
      if (reset !== undefined)
        observer.offsetOutOfRange(reset, 'the client went back to what is left of the partition');
      log.warn({ activity: `Kafka client ${line.namespace}`, reason: line.message, error: line.details['error'] });
    },
  });
  const { topic } = settings.kafka;
  const offsets = new KafkaTopicOffsets(kafka, topic, group);

  const declared = declaredHandlers(contract, definition, () => mysqlConsumerEffects);
  const { tracer } = overrides;
  const replaced = overrides.subscription?.(declared) ?? declared;
  const wanted = tracer === undefined ? replaced : tracedSubscription(replaced, group, tracer);
  const subscription = reach === undefined ? wanted : subscriptionWithFailpoint(wanted, reach);
  const { logStartOf } = offsets;
  const parts = { unitOfWork, inbox, subscription, callbacks, clock };
  const settleEvent = new SettleEvent({ ...parts, logStartOf, baseline: definition.baseline });
  const settleBatch = new SettleBatch({ ...parts, openForMs: BATCH_OPEN_MS });
  const consume = new ConsumeRecord({
    settleEvent,
    inbox,
    unitOfWork,
    observer,
    clock,
    random,
    handlerRetry: HANDLER_RETRY,
  });

  const http = new HttpCallbackPoster({
    baseUrl: settings.callbackUrl,
    consumer: name,
    timeoutMs: CALLBACK_TIMEOUT_MS,
  });
  const poster = tracer === undefined ? http : tracedPoster(http, tracer);
  const sender = new CallbackSender({
    callbacks,
    poster: reach === undefined ? poster : posterWithFailpoint(poster, reach),
    unitOfWork,
    onRefused: declared.onRefused,
    observer,
    clock,
    random,
    concurrency: 16,
    claimAtOnce: 64,
    requestMs: CALLBACK_TIMEOUT_MS,
    leaseMs: CALLBACK_TIMEOUT_MS + 5_000,
    pollMs: 200,
    retry: { baseMs: 200, capMs: 5_000 },
  });

  const consumeBatch = new ConsumeBatch({ consume, settleBatch });
  const processRecords: ProcessRecords = async (records, signal) => {
    const processed = await consumeBatch.process(records, signal);
    sender.wake();
    return processed;
  };
  const kafkaConsumer = new KafkaConsumer(kafka, offsets, {
    topic,
    read: recordReader(topic, contract.source),
    groupId: group,
    process: reach === undefined ? processRecords : processWithFailpoint(processRecords, reach),
    observer,
    clock,
    random,
    concurrency: 6,
    watchMs: 5_000,
    stallMs: 30_000,
  });
  registerConsumerGauges(registry, {
    progress,
    pausedPartitions: () => kafkaConsumer.health.pausedPartitions,
    lag: () => kafkaConsumer.health.lag,
    joined: () => kafkaConsumer.health.joined,
  });
  const monitor = new EventLoopMonitor();
  const parked = new MySqlParkedOrders(pool, name);
  const reprocess = new ReprocessOrders({ consume, parked });
  const server = new ProgressServer({
    ...settings.http,
    progress,
    parked: new ParkedRoutes({ consumer: name, parked, reprocess, token: settings.reprocessToken }),
    group,
    kafka: () => kafkaConsumer.health,
    readiness: async () => {
      const stats = await progress.stats()();
      const { joined, failure } = kafkaConsumer.health;
      const stall = monitor.problem();
      const at = `Kafka at ${settings.kafka.brokers.join(', ')}`;
      const broker = failure === undefined ? at : `${at}: ${failure}`;
      return {
        problems: [
          ...(stall === undefined ? [] : [`event loop: ${stall}`]),
          ...(E.isLeft(stats) ? [`the consumer's database does not answer: ${describeCause(stats.left.cause)}`] : []),
          ...(joined ? [] : [`not a member of group ${group} on topic ${topic} (${broker})`]),
        ],
      };
    },
    metrics: () => registry.metrics(),
    metricsContentType: registry.contentType,
  });
  const { migrations } = definition;
  const { mysql, inboxRetentionMs: retentionMs, janitorEveryMs: everyMs } = settings;
  const topicKeepsForMs = offsets.keepsForMs;
  const janitor = createInboxJanitor({
    consumer: name,
    mysql,
    retentionMs,
    everyMs,
    topicKeepsForMs,
    registry,
    mysqlMetrics,
    log,
    clock,
  });
  return new ConsumerProcess({
    mysql,
    migrations,
    kafkaConsumer,
    sender,
    consume,
    janitor,
    monitor,
    server,
    pool,
    clock,
    log,
    tracer,
  });
};

export interface StartConsumerOptions<Own extends t.Props> {
  /** Codecs of the consumer's own environment variables. */
  readonly own: Own;
  readonly define: (own: t.TypeOfProps<Own>) => ConsumerDefinition;
  readonly overrides?: ConsumerOverrides | undefined;
}

const tracerOf = (
  { name }: ConsumerDefinition,
  { tracing, logLevel }: ConsumerSettings,
): Promise<Tracer | undefined> => {
  const off = { endpoint: undefined, file: undefined };
  const instance = `${name}-${process.pid}`;
  return openTracer(tracing ?? off, { service: `orderly-${name}`, instance }, createLogger(logLevel));
};

/**
 * The `main` of a consumer: settings from the environment (all problems at once, exit 2), then runs until SIGTERM.
 * With the arguments `reprocess ORDER_ID`, or `reprocess --all --reason unknown-version`, it releases parked orders
 * instead.
 */
export const startConsumer = async <Own extends t.Props>(options: StartConsumerOptions<Own>): Promise<void> => {
  const { own, define, overrides } = options;
  const decoded = decodeConsumerSettings(process.env, own);
  if (E.isLeft(decoded)) return refuseToStart(decoded.left);
  const { settings } = decoded.right;
  obeyFaultSignal(settings.faultsOnSignal);
  const definition = define(decoded.right.own);
  const consumer = createConsumer(definition, settings, { ...overrides, tracer: await tracerOf(definition, settings) });
  const [command, ...args] = process.argv.slice(2);
  if (command === 'reprocess') await reprocess(consumer, args);
  else await runConsumerProcess(consumer, settings.shutdownDeadlineMs);
};
