import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lackingForSmallDisk } from '../../../tools/environment/small-disk.ts';
import type { House } from '../../run/house.ts';
import type { Fault } from '../fault.ts';
import { noAttemptSpent } from './expectations.ts';
import { fillDisk } from './fill-disk.ts';
import { once } from './once.ts';
import { orMend } from './or-mend.ts';
import { waitUntil } from './wait-until.ts';

const LASTS_MS = 6_000;
const DISK_MB = 96;
const NOTICED_MS = 20_000;
const BACK_MS = 60_000;

/** Room again; a broker that lost its only log directory has ended, and is started on the same data. */
const mend = async (house: House, ballast: string): Promise<void> => {
  await rm(ballast, { force: true });
  if (house.pidOf('kafka') === undefined) await house.revive('kafka');
  await waitUntil('the return of the broker', BACK_MS, async () => {
    const offsets = await house.admin((admin) => admin.fetchTopicOffsets(house.topic));
    return offsets.length > 0;
  });
};

export const kafkaDiskFull: Fault = {
  name: 'kafka-disk-full',
  describe: `the disk of Kafka's data (a tmpfs of ${DISK_MB} MB) is full for ${LASTS_MS / 1_000} s`,
  tell: () => `the disk of Kafka is full for ${LASTS_MS / 1_000} s`,
  needs: ['kafka'],
  plan: once('kafka-disk-full', 'kafka', LASTS_MS),
  row: {
    number: 29,
    expected: 'as a crash: PENDING meanwhile, nothing quarantined; drains when there is room',
    mixes: false,
    house: { disks: { kafka: DISK_MB } },
    cannotRun: lackingForSmallDisk,
    judge: (aftermath) => [noAttemptSpent(aftermath)],
  },
  inject: ({ house, saw }) => {
    const disk = house.disks.kafka;
    if (disk === undefined) return Promise.reject(new Error('Kafka has no disk of its own'));
    const ballast = join(disk, 'ballast');
    return orMend(
      () => mend(house, ballast),
      async () => {
        saw(await fillDisk(ballast));
        let pending = 0;
        await waitUntil('a backlog', NOTICED_MS, async () => {
          pending = (await house.progress())?.pending ?? 0;
          return pending >= 10;
        }).catch(() => undefined);
        saw({ what: `events were pending meanwhile (${pending})`, holds: pending >= 10 });
      },
    );
  },
};
