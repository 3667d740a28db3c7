import { setTimeout as sleep } from 'node:timers/promises';
import type mysql from 'mysql2/promise';
import type { Fault } from '../fault.ts';
import { countOf, lockCounter, rowsOf, withSql } from './direct-sql.ts';
import { once } from './once.ts';

const ROUNDS = 8;
const ENOUGH = 3;
const BETWEEN_MS = 500;
/** How long a round waits for a transaction that waits for it. */
const HUNT_MS = 2_000;
/** InnoDB shows its transactions as they were up to 0.1 s ago. */
const LOOK_EVERY_MS = 110;
/** Of the two transactions of a deadlock InnoDB gives up the one that changed less. */
const WEIGHT = 400;

/** A temporary table: it weighs, locks nobody and is gone with the session. */
const prepare = async (connection: mysql.Connection): Promise<void> => {
  await rowsOf(connection, 'SET SESSION transaction_isolation = "REPEATABLE-READ"');
  await rowsOf(connection, 'CREATE TEMPORARY TABLE weight (n INT PRIMARY KEY) ENGINE = InnoDB');
};

const WEIGHTS = Array.from({ length: WEIGHT }, (_, n) => `(${n})`).join(', ');
const WAITING = `
  SELECT COUNT(*) AS n FROM information_schema.innodb_trx
  WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id <> CONNECTION_ID()`;

/**
 * The service locks its order, then appends to the outbox. This one keeps the end of the outbox locked until somebody
 * who has changed an order waits there, then asks for the orders. Always rolled back.
 */
const cross = async (connection: mysql.Connection, signal: AbortSignal): Promise<void> => {
  await rowsOf(connection, 'START TRANSACTION');
  await rowsOf(connection, `INSERT INTO weight VALUES ${WEIGHTS}`);
  await rowsOf(connection, 'SELECT id FROM outbox WHERE id > 1000000000000 FOR UPDATE');
  const giveUpAt = performance.now() + HUNT_MS;
  while (performance.now() < giveUpAt && !signal.aborted) {
    if ((await countOf(connection, WAITING)) > 0) break;
    await sleep(LOOK_EVERY_MS);
  }
  await rowsOf(connection, 'SELECT order_id FROM orders FOR UPDATE');
};

export const deadlock: Fault = {
  name: 'deadlock',
  describe: `somebody locks outbox and orders in the opposite order of the service, ${ROUNDS} times`,
  tell: () => `opposed locks, ${ROUNDS} times`,
  needs: [],
  plan: once('deadlock', 'mysql', 0),
  row: {
    number: 11,
    expected: 'the whole unit is run again',
    mixes: true,
  },
  inject: async ({ house, saw, signal }) => {
    await withSql(house, async (connection) => {
      await prepare(connection);
      const before = await lockCounter(connection, 'lock_deadlocks');
      let own = 0;
      for (let round = 0; round < ROUNDS && !signal.aborted; round += 1) {
        await cross(connection, signal).catch(() => (own += 1));
        await rowsOf(connection, 'ROLLBACK');
        await sleep(BETWEEN_MS, undefined, { signal }).catch(() => undefined);
      }
      const count = (await lockCounter(connection, 'lock_deadlocks')) - before;
      saw({
        what: `${count} deadlocks, error 1213, of which ${count - own} broke a transaction of the service`,
        holds: count - own >= ENOUGH,
      });
    });
    return () => Promise.resolve();
  },
};
