import { fillOutbox } from '../events/fill-outbox.ts';
import { addCompleted, addQuarantined } from '../events/old-rows.ts';
import type { Delivery } from '../observe/delivery.ts';
import { inEnvironment, type BenchEnvironmentOptions } from '../systems/bench-environment.ts';
import { ourRelay } from '../systems/our-relay.ts';
import { settleDatabase } from '../systems/settle-database.ts';
import { drainBacklog } from './drain.ts';
import type { Quantiles } from './quantiles.ts';
import { steadyLoad, type SteadyLoad } from './steady-load.ts';

/** What lies in the outbox besides the backlog. */
export const TABLES = ['empty', 'completed', 'quarantined'] as const;
export type Table = (typeof TABLES)[number];

export interface FlatRun {
  readonly table: Table;
  /** Rows that lie there besides the backlog. */
  readonly rows: number;
  readonly drainPerSecond: number;
  readonly ratePerSecond: number;
  /** From COMMIT to append, at that rate. */
  readonly publish: Quantiles;
  readonly deliveries: readonly Delivery[];
}

const QUARANTINED_ORDERS = 10_000;
const HELD_EACH = 10;

const rowsOf = (table: Table, completed: number): number =>
  ({ empty: 0, completed, quarantined: QUARANTINED_ORDERS * (1 + HELD_EACH) })[table];

const lay = async (table: Table, mysqlUrl: string, completed: number): Promise<void> => {
  switch (table) {
    case 'empty':
      return;
    case 'completed':
      return addCompleted(mysqlUrl, completed);
    case 'quarantined':
      return addQuarantined(mysqlUrl, QUARANTINED_ORDERS, HELD_EACH);
  }
};

export interface FlatLoad extends Omit<SteadyLoad, 'from'> {
  /** In the backlog. */
  readonly events: number;
  /** Rows of a table that is full of them. */
  readonly completed: number;
}

/** Whether our relay is as fast on a table that has grown: it drains a backlog, then publishes at a steady rate. */
export const measureFlat = (
  table: Table,
  { events, completed, ratePerSecond, seconds }: FlatLoad,
  options: BenchEnvironmentOptions,
): Promise<FlatRun> =>
  inEnvironment(options, async (environment) => {
    const { logDirectory, progress } = options;
    const rows = rowsOf(table, completed);
    progress(`flat: ${table}, ${rows} rows, and ${events} to drain`);
    await lay(table, environment.mysqlUrl, completed);
    await fillOutbox(environment.mysqlUrl, events);
    await settleDatabase(environment.mysqlUrl);
    progress(`flat: ${table}, draining, then ${ratePerSecond} events/s for ${seconds} s`);
    const { run, running } = await drainBacklog(environment, ourRelay, events, logDirectory);
    const steady = await steadyLoad(environment, running, { ratePerSecond, seconds, from: events }, logDirectory);
    await running.stop();
    return {
      table,
      rows,
      drainPerSecond: run.eventsPerSecond,
      ratePerSecond,
      publish: steady.publish,
      deliveries: [run.delivery, steady.delivery],
    };
  });

/** The run on an empty table that was made in the same round as run number `index`. */
export const sameRoundEmpty = (runs: readonly FlatRun[], index: number): FlatRun | undefined => {
  const round = Math.floor(index / TABLES.length) * TABLES.length;
  return runs.slice(round, round + TABLES.length).find(({ table }) => table === 'empty');
};
