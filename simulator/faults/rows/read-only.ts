import type { House } from '../../run/house.ts';
import type { Fault } from '../fault.ts';
import { rowsOf, withSql } from './direct-sql.ts';
import { answered503, servedAgain } from './expectations.ts';
import { once } from './once.ts';
import { orMend } from './or-mend.ts';
import { waitUntil } from './wait-until.ts';

const LASTS_MS = 7_000;
const BACK_MS = 60_000;

const writable = (house: House): Promise<void> =>
  waitUntil('an end of read-only', BACK_MS, () =>
    withSql(house, async (connection) => {
      // Leaves super_read_only as well.
      await rowsOf(connection, 'SET GLOBAL read_only = OFF');
      return true;
    }),
  );

/** As on a source that was just demoted. `read_only` alone would not bind the environment's user, who may do everything. */
export const mysqlReadOnly: Fault = {
  name: 'mysql-read-only',
  describe: `MySQL refuses every write for ${LASTS_MS / 1_000} s (super_read_only)`,
  tell: () => `MySQL is read-only for ${LASTS_MS / 1_000} s`,
  needs: ['mysql'],
  plan: once('mysql-read-only', 'mysql', LASTS_MS),
  row: {
    number: 14,
    expected: '503 meanwhile, recovers',
    mixes: true,
    judge: (aftermath) => [answered503(aftermath), servedAgain(aftermath)],
  },
  inject: ({ house }) =>
    orMend(
      () => writable(house),
      () =>
        withSql(house, async (connection) => {
          await rowsOf(connection, 'SET GLOBAL super_read_only = ON');
        }),
    ),
};
