import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type mysql from 'mysql2/promise';
import type { Fault } from '../fault.ts';
import { rowsOf, withSql } from './direct-sql.ts';
import { once } from './once.ts';

const ROUNDS = 6;
const BETWEEN_MS = 700;
/** How long a round waits for a transaction to hit. */
const HUNT_MS = 5_000;
/** InnoDB shows its transactions as they were up to 0.1 s ago. */
const LOOK_EVERY_MS = 110;

const Sessions = t.array(t.type({ id: t.number, db: t.string, working: t.number }));
type Session = t.TypeOf<typeof Sessions>[number];

/** With whether a transaction of theirs has changed rows. */
const SESSIONS = `
  SELECT p.id AS id, p.db AS db, COALESCE(x.trx_rows_modified > 0, 0) AS working
  FROM information_schema.processlist p LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = p.id
  WHERE p.id <> CONNECTION_ID() AND p.db IS NOT NULL AND p.user <> 'event_scheduler'`;

/** All but this one, of whoever has chosen a database. */
export const sessionsOf = async (connection: mysql.Connection): Promise<readonly Session[]> => {
  const decoded = Sessions.decode(await rowsOf(connection, SESSIONS));
  if (E.isLeft(decoded)) throw new Error('the list of sessions has another shape');
  return decoded.right;
};

/** False when it had ended by itself. */
export const killSession = (connection: mysql.Connection, id: number): Promise<boolean> =>
  rowsOf(connection, `KILL ${id}`).then(
    () => true,
    () => false,
  );

/** Kills every session at a moment when one of them is in the middle of a transaction. */
const killAll = async (connection: mysql.Connection, signal: AbortSignal): Promise<readonly Session[]> => {
  const giveUpAt = performance.now() + HUNT_MS;
  let sessions = await sessionsOf(connection);
  while (!sessions.some(({ working }) => working === 1) && performance.now() < giveUpAt && !signal.aborted) {
    await sleep(LOOK_EVERY_MS);
    sessions = await sessionsOf(connection);
  }
  const killed: Session[] = [];
  for (const session of [...sessions].sort((a, b) => b.working - a.working))
    if (await killSession(connection, session.id)) killed.push(session);
  return killed;
};

export const sessionKilled: Fault = {
  name: 'session-killed',
  describe: `KILL of every session of API, relay and consumers in mid-work, ${ROUNDS} times`,
  tell: () => `KILL of all sessions, ${ROUNDS} times`,
  needs: [],
  plan: once('session-killed', 'mysql', 0),
  row: {
    number: 10,
    expected: 'retried, nothing lost',
    mixes: true,
  },
  inject: async ({ house, saw, signal }) => {
    const killed = await withSql(house, async (connection) => {
      const all: Session[] = [];
      for (let round = 0; round < ROUNDS && !signal.aborted; round += 1) {
        all.push(...(await killAll(connection, signal)));
        await sleep(BETWEEN_MS, undefined, { signal }).catch(() => undefined);
      }
      return all;
    });
    const working = killed.filter((session) => session.working === 1).length;
    const databases = [...new Set(killed.map(({ db }) => db))].sort();
    saw({
      what: `${killed.length} sessions were killed (${databases.join(', ')}), ${working} of them within a transaction`,
      holds: databases.length >= 3 && killed.length >= 3 * ROUNDS && working >= ROUNDS / 2,
    });
    return () => Promise.resolve();
  },
};
