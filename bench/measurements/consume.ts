import { eventIdsUpTo } from '../events/event-ids.ts';
import { readEffects, untilApplied } from '../observe/effects.ts';
import { deliveryOf, type Delivery } from '../observe/delivery.ts';
import { usageBetween, type UsageDuring } from '../observe/usage-between.ts';
import { startChild } from '../processes/child.ts';
import { inEnvironment, type BenchEnvironmentOptions } from '../systems/bench-environment.ts';
import { serversOf } from './drain.ts';
import { rateOf } from './rate.ts';

export interface ConsumeRun {
  /** One process of the kit, by the times of its effects; the first tenth is left out. */
  readonly eventsPerSecond: number;
  /** What our relay drains in the same round. */
  readonly relayPerSecond: number;
  /** Effects against events: a missing one was lost, a duplicate applied twice, a disorder applied before its turn. */
  readonly effects: Delivery;
  readonly usage: readonly UsageDuring[];
}

const STILL_MS = 30_000;

/** Puts events on the topic, then lets a consumer loose on them whose effect is one row. */
export const measureConsume = (
  events: number,
  relayPerSecond: number,
  options: BenchEnvironmentOptions,
): Promise<ConsumeRun> =>
  inEnvironment(options, async (environment) => {
    const { logDirectory, progress } = options;
    const { kafkaBrokers, topic } = environment;
    const mysqlUrl = environment.consumerMysqlUrls.payment;
    progress(`consumer: ${events} events onto the topic`);
    const producer = startChild({
      entry: './raw-producer.ts',
      name: 'raw-producer',
      env: {
        BENCH_EVENTS: `${events}`,
        BENCH_SHAPE: 'consumable',
        KAFKA_BROKERS: kafkaBrokers,
        ORDER_TOPIC: topic,
      },
      logDirectory,
    });
    await producer.said('ready');
    producer.go();
    await producer.said('done');
    await producer.stop();
    progress('consumer: working them off');
    const consumer = startChild({
      entry: './consumer.ts',
      name: 'consumer',
      env: {
        CONSUMER_MYSQL_URL: mysqlUrl,
        KAFKA_BROKERS: kafkaBrokers,
        ORDER_TOPIC: topic,
        ORDERS_API_URL: environment.apiUrl,
        LOG_LEVEL: 'warn',
      },
      logDirectory,
    });
    await consumer.said('ready');
    const used = await usageBetween(new Map([['kit', consumer.pid], ...serversOf(environment)]));
    await untilApplied(mysqlUrl, events, STILL_MS);
    const usage = await used();
    await consumer.stop();
    const effects = await readEffects(mysqlUrl);
    return {
      eventsPerSecond: rateOf(effects.map(({ at }) => at)),
      relayPerSecond,
      effects: deliveryOf(effects, eventIdsUpTo(events)),
      usage,
    };
  });
