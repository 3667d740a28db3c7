import { benchEvent } from '../events/bench-event.ts';
import { fillOutbox } from '../events/fill-outbox.ts';
import { deliveryOf, type Delivery } from '../observe/delivery.ts';
import { readTopic, type Appended } from '../observe/read-topic.ts';
import { untilAppended } from '../observe/topic-ends.ts';
import { usageBetween, type UsageDuring } from '../observe/usage-between.ts';
import { startChild } from '../processes/child.ts';
import { inEnvironment, type BenchEnvironmentOptions } from '../systems/bench-environment.ts';
import type { BenchSystem } from '../systems/system.ts';
import type { Environment } from '../../tools/environment/environment.ts';

export interface DrainRun {
  readonly system: string;
  /** By the broker's append times; the first tenth is left out, while everything warms up. */
  readonly eventsPerSecond: number;
  readonly delivery: Delivery;
  readonly usage: readonly UsageDuring[];
}

const STILL_MS = 30_000;
const WARM_UP_SHARE = 0.1;

const rateOf = (appended: readonly Appended[]): number => {
  const times = appended.map(({ at }) => at).sort((a, b) => a - b);
  const measured = times.slice(Math.floor(times.length * WARM_UP_SHARE));
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined || last <= first) return Number.NaN;
  return (measured.length * 1_000) / (last - first);
};

const serversOf = (environment: Environment): readonly (readonly [string, number])[] =>
  ['mysql', 'kafka'].flatMap((name) => {
    if (!environment.processes.includes(name)) return [];
    const pid = environment.pidOf(name);
    return pid === undefined ? [] : [[name, pid] as const];
  });

const idsUpTo = function* (count: number): Iterable<string> {
  for (let index = 0; index < count; index += 1) yield benchEvent(index).eventId;
};

/** Fills the outbox, then lets the system loose on it. */
export const measureDrain = (
  system: BenchSystem,
  events: number,
  options: BenchEnvironmentOptions,
): Promise<DrainRun> =>
  inEnvironment(options, async (environment) => {
    options.progress(`${system.name}: ${events} events into the outbox`);
    await fillOutbox(environment.mysqlUrl, events);
    options.progress(`${system.name}: draining`);
    const used = await usageBetween(new Map(serversOf(environment)));
    const running = await system.start(environment, options.logDirectory);
    const usedByIt = await usageBetween(running.processes);
    await untilAppended(environment.kafkaBrokers, environment.topic, events, STILL_MS);
    const usage = [...(await usedByIt()), ...(await used())];
    await running.stop();
    const appended = await readTopic(environment.kafkaBrokers, environment.topic);
    return {
      system: system.name,
      eventsPerSecond: rateOf(appended),
      delivery: deliveryOf(appended, idsUpTo(events)),
      usage,
    };
  });

/** kafkajs alone, without an outbox: an upper bound for everything that uses it one request at a time. */
export const measureRawProducer = (events: number, options: BenchEnvironmentOptions): Promise<DrainRun> =>
  inEnvironment(options, async (environment) => {
    const child = startChild({
      entry: './raw-producer.ts',
      name: 'raw-producer',
      env: {
        BENCH_EVENTS: `${events}`,
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
      eventsPerSecond: rateOf(appended),
      delivery: deliveryOf(appended, idsUpTo(events)),
      usage,
    };
  });
