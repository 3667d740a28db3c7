import type { Fault } from '../fault.ts';
import { lockCounter, withSql } from './direct-sql.ts';
import { answered503, servedAgain } from './expectations.ts';
import { holdOrders } from './hold-orders.ts';
import { once } from './once.ts';

/** Longer than a statement waits for a lock (1 s), and than a unit of work is run again (5 s). */
const LASTS_MS = 8_000;

export const lockWait: Fault = {
  name: 'lock-wait',
  describe: `somebody keeps every order locked for ${LASTS_MS / 1_000} s`,
  tell: () => `all orders locked for ${LASTS_MS / 1_000} s`,
  needs: [],
  plan: once('lock-wait', 'mysql', LASTS_MS),
  row: {
    number: 12,
    expected: 'full rollback: the unit is run again, or 503',
    mixes: true,
    judge: (aftermath) => [answered503(aftermath), servedAgain(aftermath)],
  },
  inject: async ({ house, saw }) => {
    const timeouts = (): Promise<number> => withSql(house, (connection) => lockCounter(connection, 'lock_timeouts'));
    const before = await timeouts();
    const release = await holdOrders(house);
    return async () => {
      await release();
      const count = (await timeouts()) - before;
      saw({ what: `statements gave up waiting for a lock, error 1205 (${count})`, holds: count > 0 });
    };
  },
};
