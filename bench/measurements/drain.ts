import { eventIdsUpTo } from '../events/event-ids.ts';
import { fillOutbox } from '../events/fill-outbox.ts';
import { binaryLogBytes } from '../observe/binary-log.ts';
import { deliveryOf, type Delivery } from '../observe/delivery.ts';
import { readTopic } from '../observe/read-topic.ts';
import { untilAppended } from '../observe/topic-ends.ts';
import { usageBetween, type UsageDuring } from '../observe/usage-between.ts';
import { startChild } from '../processes/child.ts';
import { inEnvironment, type BenchEnvironmentOptions } from '../systems/bench-environment.ts';
import type { BenchSystem, RunningSystem } from '../systems/system.ts';
import { rateOf } from './rate.ts';
import type { Environment } from '../../tools/environment/environment.ts';

export interface DrainRun {
  readonly system: string;
  /** By the broker's append times; the first tenth is left out, while everything warms up. */
  readonly eventsPerSecond: number;
  readonly delivery: Delivery;
  /** What publishing adds to MySQL's binary log, bytes for each event; writing the event itself is not counted. */
  readonly logBytesPerEvent: number;
  readonly usage: readonly UsageDuring[];
}

const STILL_MS = 30_000;

/** Names of MySQL and Kafka among what was used. */
export const SERVERS: readonly string[] = ['mysql', 'kafka'];

/** Their process IDs, where they are processes of ours. */
export const serversOf = (environment: Environment): readonly (readonly [string, number])[] =>
  SERVERS.flatMap((name) => {
    if (!environment.processes.includes(name)) return [];
    const pid = environment.pidOf(name);
    return pid === undefined ? [] : [[name, pid] as const];
  });

/** Lets the system loose on an outbox whose backlog are the first `events`. It goes on running. */
export const drainBacklog = async (
  environment: Environment,
  system: Pick<BenchSystem, 'start'>,
  events: number,
  logDirectory: string,
): Promise<{ readonly run: Omit<DrainRun, 'system'>; readonly running: RunningSystem }> => {
  const logged = await binaryLogBytes(environment.mysqlUrl);
  const used = await usageBetween(new Map(serversOf(environment)));
  const running = await system.start(environment, logDirectory);
  const usedByIt = await usageBetween(running.processes);
  await untilAppended(environment.kafkaBrokers, environment.topic, events, STILL_MS);
  const usage = [...(await usedByIt()), ...(await used())];
  const logBytesPerEvent = ((await binaryLogBytes(environment.mysqlUrl)) - logged) / events;
  const appended = await readTopic(environment.kafkaBrokers, environment.topic);
  const eventsPerSecond = rateOf(appended.map(({ at }) => at));
  const delivery = deliveryOf(appended, eventIdsUpTo(events));
  return { run: { eventsPerSecond, delivery, logBytesPerEvent, usage }, running };
};

/** Fills the outbox, then lets the system loose on it. */
export const measureDrain = (
  system: BenchSystem,
  events: number,
  options: BenchEnvironmentOptions,
): Promise<DrainRun> =>
  inEnvironment(options, async (environment) => {
    const prepared = (await system.prepare?.(environment, options.logDirectory, options.progress)) ?? system;
    options.progress(`${system.name}: ${events} events into the outbox`);
    await fillOutbox(environment.mysqlUrl, events);
    options.progress(`${system.name}: draining`);
    const { run, running } = await drainBacklog(environment, prepared, events, options.logDirectory);
    await running.stop();
    return { system: system.name, ...run };
  });

/** kafkajs alone, without an outbox: an upper bound for everything that uses it one request at a time. */
export const measureRawProducer = (events: number, options: BenchEnvironmentOptions): Promise<DrainRun> =>
  inEnvironment(options, async (environment) => {
    const child = startChild({
      entry: './raw-producer.ts',
      name: 'raw-producer',
      env: {
        BENCH_EVENTS: `${events}`,
        BENCH_SHAPE: 'plain',
        KAFKA_BROKERS: environment.kafkaBrokers,
        ORDER_TOPIC: environment.topic,
      },
      logDirectory: options.logDirectory,
    });
    await child.said('ready');
    options.progress('kafkajs alone: sending');
    const used = await usageBetween(new Map([['kafkajs', child.pid], ...serversOf(environment)]));
    child.go();
    await child.said('done');
    const usage = await used();
    await child.stop();
    const appended = await readTopic(environment.kafkaBrokers, environment.topic);
    return {
      system: 'kafkajs',
      eventsPerSecond: rateOf(appended.map(({ at }) => at)),
      delivery: deliveryOf(appended, eventIdsUpTo(events)),
      logBytesPerEvent: 0,
      usage,
    };
  });
