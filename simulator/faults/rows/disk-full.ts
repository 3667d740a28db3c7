import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lackingForSmallDisk } from '../../../tools/environment/small-disk.ts';
import type { House } from '../../run/house.ts';
import type { Fault } from '../fault.ts';
import { rowsOf, withSql } from './direct-sql.ts';
import { answered503, servedAgain } from './expectations.ts';
import { fillDisk } from './fill-disk.ts';
import { once } from './once.ts';
import { orMend } from './or-mend.ts';
import { waitUntil } from './wait-until.ts';

const LASTS_MS = 8_000;
/** Of which a fresh server takes two thirds. */
const DISK_MB = 340;
/** MySQL looks once a minute whether there is room again. */
const BACK_MS = 150_000;
/** Room again; should the server have ended, it is started on the same data. Resolves when a write is taken. */
const mend = async (house: House, ballast: string): Promise<void> => {
  await rm(ballast, { force: true });
  if (house.pidOf('mysql') === undefined) await house.revive('mysql');
  await waitUntil('a write of MySQL', BACK_MS, () =>
    withSql(house, async (connection) => {
      await rowsOf(connection, 'FLUSH BINARY LOGS');
      return true;
    }),
  );
};

export const mysqlDiskFull: Fault = {
  name: 'mysql-disk-full',
  describe: `the disk of MySQL's data (a tmpfs of ${DISK_MB} MB) is full for ${LASTS_MS / 1_000} s`,
  tell: () => `the disk of MySQL is full for ${LASTS_MS / 1_000} s`,
  needs: ['mysql'],
  plan: once('mysql-disk-full', 'mysql', LASTS_MS),
  row: {
    number: 15,
    expected: 'MySQL waits: time-out, 503, no half order; goes on when there is room',
    mixes: false,
    house: { disks: { mysql: DISK_MB } },
    cannotRun: lackingForSmallDisk,
    judge: (aftermath) => [answered503(aftermath), servedAgain(aftermath)],
  },
  inject: async ({ house, saw }) => {
    const disk = house.disks.mysql;
    if (disk === undefined) throw new Error('MySQL has no disk of its own');
    const ballast = join(disk, 'ballast');
    return orMend(
      () => mend(house, ballast),
      async () => saw(await fillDisk(ballast)),
    );
  },
};
