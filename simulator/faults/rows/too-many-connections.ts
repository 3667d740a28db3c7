import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type mysql from 'mysql2/promise';
import type { House } from '../../run/house.ts';
import type { Fault } from '../fault.ts';
import { countOf, openSql, rowsOf, withSql } from './direct-sql.ts';
import { answered503, servedAgain } from './expectations.ts';
import { once } from './once.ts';
import { orMend } from './or-mend.ts';
import { killSession, sessionsOf } from './session-killed.ts';
import { waitUntil } from './wait-until.ts';

const LASTS_MS = 6_000;
const LIMIT = 8;
const TAKE_MS = 15_000;
const BACK_MS = 60_000;
const PAUSE_MS = 20;

const usualLimit = (connection: mysql.Connection): Promise<number> =>
  countOf(connection, 'SELECT @@GLOBAL.max_connections AS n');

/** Ends the sessions of all others, and takes every place that becomes free, until none is left for them. */
const takeAll = async (
  house: House,
  control: mysql.Connection,
  taken: mysql.Connection[],
  signal: AbortSignal,
): Promise<void> => {
  const giveUpAt = performance.now() + TAKE_MS;
  while (!signal.aborted && performance.now() < giveUpAt) {
    const own = new Set(taken.map(({ threadId }) => threadId));
    const others = (await sessionsOf(control)).filter(({ id }) => !own.has(id));
    // One more than the limit may connect who, as the environment's user, may do everything.
    if (others.length === 0 && taken.length >= LIMIT) return;
    for (const { id } of others) await killSession(control, id);
    await openSql(house).then(
      (connection) => taken.push(connection),
      () => sleep(PAUSE_MS),
    );
  }
};

const Status = t.tuple([t.type({ Value: t.string })]);

/** Connections refused with error 1040 since the server started. */
const refusedBy = async (connection: mysql.Connection): Promise<number> => {
  const rows = await rowsOf(connection, "SHOW GLOBAL STATUS LIKE 'Connection_errors_max_connections'");
  const decoded = Status.decode(rows);
  if (E.isLeft(decoded)) throw new Error('the count of refused connections has another shape');
  return Number(decoded.right[0].Value);
};

/** Through a connection that is in already, since new ones have to wait for it; anew when that one broke. */
const restore = async (house: House, control: mysql.Connection, limit: number): Promise<void> => {
  const statement = `SET GLOBAL max_connections = ${limit}`;
  await rowsOf(control, statement).catch(() =>
    waitUntil('a higher limit of connections', BACK_MS, () =>
      withSql(house, (connection) => rowsOf(connection, statement)).then(() => true),
    ),
  );
};

export const tooManyConnections: Fault = {
  name: 'too-many-connections',
  describe: `MySQL lets nobody in for ${LASTS_MS / 1_000} s: others hold all ${LIMIT} connections it allows`,
  tell: () => `all ${LIMIT} connections that MySQL allows are taken`,
  needs: ['mysql'],
  plan: once('too-many-connections', 'mysql', LASTS_MS),
  row: {
    number: 16,
    expected: '503 meanwhile, backs off, recovers',
    mixes: false,
    judge: (aftermath) => [answered503(aftermath), servedAgain(aftermath)],
  },
  inject: async ({ house, saw, signal }) => {
    const control = await openSql(house);
    const taken: mysql.Connection[] = [];
    const limit = await usualLimit(control);
    let refusedBefore = 0;
    const giveBack = async (): Promise<void> => {
      for (const connection of taken) connection.destroy();
      await restore(house, control, limit);
      control.destroy();
    };
    await orMend(giveBack, async () => {
      await rowsOf(control, `SET GLOBAL max_connections = ${LIMIT}`);
      await takeAll(house, control, taken, signal);
      refusedBefore = await refusedBy(control);
    });
    return async () => {
      try {
        const refused = (await refusedBy(control)) - refusedBefore;
        saw({ what: `connections were refused, error 1040 (${refused})`, holds: refused > 0 });
      } finally {
        await giveBack();
      }
    };
  },
};
