import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import { usageBetween } from '../observe/usage-between.ts';
import { inEnvironment, type BenchEnvironmentOptions } from '../systems/bench-environment.ts';
import type { BenchSystem } from '../systems/system.ts';

export interface IdleRun {
  readonly system: string;
  /** Of one core. */
  readonly cpuPercent: number;
  /** Statements that MySQL was sent. */
  readonly queriesPerSecond: number;
}

interface Status extends RowDataPacket {
  readonly Value: string;
}

const SETTLE_MS = 5_000;

/** What a system costs that has nothing to do. */
export const measureIdle = (system: BenchSystem, seconds: number, options: BenchEnvironmentOptions): Promise<IdleRun> =>
  inEnvironment(options, async (environment) => {
    const running = await system.start(environment, options.logDirectory);
    const connection = await mysql.createConnection({ uri: environment.mysqlUrl });
    const questions = async (): Promise<number> => {
      const [rows] = await connection.query<Status[]>("SHOW GLOBAL STATUS LIKE 'Queries'");
      return Number(rows[0]?.Value);
    };
    try {
      await sleep(SETTLE_MS);
      options.progress(`${system.name}: nothing to do for ${seconds} s`);
      const used = await usageBetween(running.processes);
      const [before, startedAt] = [await questions(), performance.now()];
      await sleep(seconds * 1_000);
      const after = await questions();
      const lasted = (performance.now() - startedAt) / 1_000;
      const cpu = (await used()).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
      // One of them is the second look at the counter itself.
      return { system: system.name, cpuPercent: (cpu / lasted) * 100, queriesPerSecond: (after - before - 1) / lasted };
    } finally {
      await connection.end();
      await running.stop();
    }
  });
