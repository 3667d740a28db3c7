import { startChild } from '../processes/child.ts';
import type { BenchSystem } from './system.ts';

export const naiveRelay: BenchSystem = {
  name: 'naive',
  describe: 'a naive relay: 500 a batch, a look every 10 ms, no retries, no guarantees',
  start: async (environment, logDirectory) => {
    const child = startChild({
      entry: './naive-relay.ts',
      name: 'naive-relay',
      env: {
        MYSQL_URL: environment.mysqlUrl,
        KAFKA_BROKERS: environment.kafkaBrokers,
        ORDER_TOPIC: environment.topic,
      },
      logDirectory,
    });
    await child.said('ready');
    return { processes: new Map([['naive', child.pid]]), stop: () => child.stop() };
  },
};
