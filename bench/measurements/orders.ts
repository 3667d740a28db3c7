import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import { startChild } from '../processes/child.ts';
import { inEnvironment, type BenchEnvironmentOptions } from '../systems/bench-environment.ts';
import { ourRelay } from '../systems/our-relay.ts';
import { median } from './median.ts';

export interface OrdersRun {
  /** Whether our relay was publishing meanwhile, on the same cores. */
  readonly relay: boolean;
  /** Orders placed per second, medians of all slices. */
  readonly withOutbox: number;
  readonly without: number;
  /** Without the outbox, and committed in two phases. */
  readonly twoPhase: number;
  /** As the service answers requests, with the outbox, and without it. */
  readonly request: number;
  readonly requestWithout: number;
  /** Median of the ratios of neighbouring slices: 1 means that the outbox costs nothing. */
  readonly ratio: number;
  /** The same for requests. */
  readonly requestRatio: number;
  /** The same for the two phases. */
  readonly twoPhaseRatio: number;
  /** In the whole server, while orders were written. */
  readonly deadlocks: number;
  readonly lockWaits: number;
}

const Rates = t.readonlyArray(
  t.strict({
    withOutbox: t.number,
    without: t.number,
    twoPhase: t.number,
    request: t.number,
    requestWithout: t.number,
  }),
);

interface Counted extends RowDataPacket {
  readonly name: string;
  readonly count: string;
}

const COUNTERS = `
SELECT name, count FROM information_schema.INNODB_METRICS WHERE name IN ('lock_deadlocks', 'lock_row_lock_waits')`;

const countersOf = async (connection: mysql.Connection): Promise<{ deadlocks: number; lockWaits: number }> => {
  const [rows] = await connection.query<Counted[]>(COUNTERS);
  const of = (name: string): number => Number(rows.find((row) => row.name === name)?.count);
  return { deadlocks: of('lock_deadlocks'), lockWaits: of('lock_row_lock_waits') };
};

/** What the outbox costs an order transaction, and whether the relay gets in its way. */
export const measureOrders = (relay: boolean, rounds: number, options: BenchEnvironmentOptions): Promise<OrdersRun> =>
  inEnvironment(options, async (environment) => {
    const { logDirectory, progress } = options;
    const running = relay ? await ourRelay.start(environment, logDirectory) : undefined;
    const file = join(logDirectory, 'order-rates.json');
    const writer = startChild({
      entry: './order-writer.ts',
      name: 'order-writer',
      env: { MYSQL_URL: environment.mysqlUrl, BENCH_ROUNDS: `${rounds}`, BENCH_RATES: file },
      logDirectory,
    });
    const connection = await mysql.createConnection({ uri: environment.mysqlUrl });
    try {
      await writer.said('ready');
      progress(
        `orders: ${rounds} rounds with outbox, without, in two phases, and as requests, ${relay ? 'a relay at work' : 'no relay'}`,
      );
      const before = await countersOf(connection);
      writer.go();
      await writer.said('done');
      const after = await countersOf(connection);
      const rates = Rates.decode(JSON.parse(await readFile(file, 'utf8')));
      if (E.isLeft(rates)) throw new Error(`${file} holds no rates`);
      return {
        relay,
        withOutbox: median(rates.right.map(({ withOutbox }) => withOutbox)),
        without: median(rates.right.map(({ without }) => without)),
        twoPhase: median(rates.right.map(({ twoPhase }) => twoPhase)),
        request: median(rates.right.map(({ request }) => request)),
        requestWithout: median(rates.right.map(({ requestWithout }) => requestWithout)),
        ratio: median(rates.right.map(({ withOutbox, without }) => withOutbox / without)),
        requestRatio: median(rates.right.map(({ request, requestWithout }) => request / requestWithout)),
        twoPhaseRatio: median(rates.right.map(({ twoPhase, without }) => twoPhase / without)),
        deadlocks: after.deadlocks - before.deadlocks,
        lockWaits: after.lockWaits - before.lockWaits,
      };
    } finally {
      await connection.end();
      await writer.stop();
      await running?.stop();
    }
  });
