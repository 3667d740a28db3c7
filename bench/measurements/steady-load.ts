import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../tools/environment/environment.ts';
import { deliveryOf, type Delivery } from '../observe/delivery.ts';
import { readCommits } from '../observe/read-commits.ts';
import { readTopic } from '../observe/read-topic.ts';
import { untilAppended } from '../observe/topic-ends.ts';
import { usageBetween, type UsageDuring } from '../observe/usage-between.ts';
import { startChild } from '../processes/child.ts';
import type { CommitsBy, RunningSystem } from '../systems/system.ts';
import { quantilesOf, type Quantiles } from './quantiles.ts';

export interface SteadyLoad {
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** So many events lie on the topic already; the next ones are committed. */
  readonly from: number;
}

export interface SteadyRun {
  /** From the answer to COMMIT until the broker appended the event. The broker tells whole milliseconds, rounded down. */
  readonly publish: Quantiles;
  /** From the moment the commit was due, whether or not the database was ready for it, until the same. */
  readonly fromDue: Quantiles;
  readonly delivery: Delivery;
  readonly usage: readonly UsageDuring[];
}

const STILL_MS = 30_000;
/** The first seconds are left out, while everything warms up. */
const WARM_UP_MS = 3_000;

const driverEnv = (by: CommitsBy): Readonly<Record<string, string>> =>
  'port' in by ? { BENCH_COMMIT_PORT: `${by.port}` } : { BENCH_RINGS: by.rings ? '1' : '0' };

/** Commits at a steady rate while the system publishes. */
export const steadyLoad = async (
  environment: Environment,
  running: RunningSystem,
  { ratePerSecond, seconds, from }: SteadyLoad,
  logDirectory: string,
): Promise<SteadyRun> => {
  const events = ratePerSecond * seconds;
  const file = join(logDirectory, 'commits.jsonl');
  const driver = startChild({
    entry: './driver.ts',
    name: 'driver',
    env: {
      BENCH_RATE: `${ratePerSecond}`,
      BENCH_FROM: `${from}`,
      BENCH_EVENTS: `${events}`,
      BENCH_COMMITS: file,
      MYSQL_URL: environment.mysqlUrl,
      KAFKA_BROKERS: environment.kafkaBrokers,
      ...driverEnv(running.commitsBy ?? { rings: false }),
    },
    logDirectory,
  });
  await driver.said('ready');
  await sleep(1_000);
  const used = await usageBetween(new Map([...running.processes, ['driver', driver.pid]]));
  driver.go();
  await driver.said('done');
  const usage = await used();
  await untilAppended(environment.kafkaBrokers, environment.topic, from + events, STILL_MS);
  await driver.stop();
  const [commits, appended] = [await readCommits(file), await readTopic(environment.kafkaBrokers, environment.topic)];
  const appendedAt = new Map<string, number>();
  for (const { eventId, at } of appended) if (!appendedAt.has(eventId)) appendedAt.set(eventId, at);
  const begin = Math.min(...commits.slice(0, 100).map(({ dueAt }) => dueAt));
  const measured = commits.flatMap(({ eventId, dueAt, committedAt }) => {
    const at = appendedAt.get(eventId);
    return at === undefined || dueAt < begin + WARM_UP_MS ? [] : [{ publish: at - committedAt, fromDue: at - dueAt }];
  });
  return {
    publish: quantilesOf(measured.map(({ publish }) => publish)),
    fromDue: quantilesOf(measured.map(({ fromDue }) => fromDue)),
    delivery: deliveryOf(
      appended,
      commits.map(({ eventId }) => eventId),
    ),
    usage,
  };
};
