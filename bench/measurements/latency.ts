import { purgedRows } from '../observe/purged-rows.ts';
import { inEnvironment, type BenchEnvironmentOptions } from '../systems/bench-environment.ts';
import type { BenchSystem } from '../systems/system.ts';
import { steadyLoad, type SteadyLoad, type SteadyRun } from './steady-load.ts';

export interface LatencyRun extends SteadyRun {
  readonly system: string;
  /** Events committed per second. */
  readonly ratePerSecond: number;
  /** Rows that were purged from the outbox by the end. */
  readonly purgedRows: number;
}

/** Commits at a steady rate while the system publishes. */
export const measureLatency = (
  system: BenchSystem,
  load: Omit<SteadyLoad, 'from'>,
  options: BenchEnvironmentOptions,
): Promise<LatencyRun> =>
  inEnvironment(options, async (environment) => {
    const { ratePerSecond, seconds } = load;
    const prepared = (await system.prepare?.(environment, options.logDirectory, options.progress)) ?? system;
    const running = await prepared.start(environment, options.logDirectory);
    options.progress(`${system.name}: ${ratePerSecond} events/s for ${seconds} s`);
    const run = await steadyLoad(environment, running, { ...load, from: 0 }, options.logDirectory);
    const purged = await purgedRows(environment.mysqlUrl);
    await running.stop();
    return { system: system.name, ratePerSecond, purgedRows: purged, ...run };
  });
