import { findPort } from '../../tools/environment/ports.ts';
import { startChild } from '../processes/child.ts';
import type { BenchSystem } from './system.ts';

const name = 'orderly-in-process';

/** Our relay in the process that commits. */
export const ourApplication: BenchSystem = {
  name,
  describe: 'our relay in the process that commits, default settings, all guarantees on',
  start: async (environment, logDirectory) => {
    const commitPort = await findPort();
    const child = startChild({
      entry: './application.ts',
      name: 'application',
      env: {
        MYSQL_URL: environment.mysqlUrl,
        KAFKA_BROKERS: environment.kafkaBrokers,
        ORDER_TOPIC: environment.topic,
        // The driver commits at its rate whatever happens; a stall of the machine must not end the run.
        MYSQL_ACQUIRE_TIMEOUT_MS: '30000',
        BENCH_COMMIT_PORT: `${commitPort}`,
      },
      logDirectory,
    });
    await child.said('ready');
    return { processes: new Map([[name, child.pid]]), commitsBy: { port: commitPort }, stop: () => child.stop() };
  },
};
