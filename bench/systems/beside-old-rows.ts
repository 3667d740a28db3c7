import type { Environment } from '../../tools/environment/environment.ts';
import { addCompleted } from '../events/old-rows.ts';
import { ourRelay } from './our-relay.ts';
import { settleDatabase } from './settle-database.ts';
import type { BenchSystem, RunningSystem } from './system.ts';

/** Our relay, and after it a janitor that finds old rows at once. */
const withJanitor = async (environment: Environment, logDirectory: string): Promise<RunningSystem> => {
  const relay = await ourRelay.start(environment, logDirectory);
  await environment.addRole('janitor');
  const pid = environment.pidOf('janitor');
  return {
    processes: new Map([...relay.processes, ...(pid === undefined ? [] : [['janitor', pid] as const])]),
    stop: async () => {
      await environment.removeRole('janitor');
      await relay.stop();
    },
  };
};

/** Our relay beside rows that were published long ago: as they are, and while a janitor of ours purges them. */
export const besideOldRows = (rows: number): readonly BenchSystem[] => {
  const amid = (name: string, describe: string, start: BenchSystem['start']): BenchSystem => ({
    name,
    describe,
    prepare: async ({ mysqlUrl }, _logDirectory, progress) => {
      progress(`${name}: ${rows} old rows into the outbox`);
      await addCompleted(mysqlUrl, rows);
      await settleDatabase(mysqlUrl);
      return { start };
    },
    start,
  });
  return [
    amid('orderly-full', `our relay; ${rows} old rows in the outbox`, (environment, logDirectory) =>
      ourRelay.start(environment, logDirectory),
    ),
    amid('orderly-purging', `our relay; ${rows} old rows in the outbox, which a janitor purges`, withJanitor),
  ];
};
