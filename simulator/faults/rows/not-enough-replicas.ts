import type { Fault } from '../fault.ts';
import { isCircuitOpened } from './circuit.ts';
import { noAttemptSpent } from './expectations.ts';
import { once } from './once.ts';
import { orMend } from './or-mend.ts';
import { isWhole, lackingForThreeBrokers, partitionStates } from './three-brokers.ts';
import { waitUntil } from './wait-until.ts';

const STOPPED = ['kafka-2', 'kafka-3'] as const;
const LASTS_MS = 6_000;
const NOTICED_MS = 20_000;
const BACK_MS = 120_000;

export const notEnoughReplicas: Fault = {
  name: 'not-enough-replicas',
  describe: `two of three brokers are gone for ${LASTS_MS / 1_000} s: one replica is left where two must acknowledge`,
  tell: () => `kill -9 of ${STOPPED.join(' and ')}`,
  needs: ['kafka'],
  plan: once('not-enough-replicas', 'kafka-2', LASTS_MS),
  row: {
    number: 24,
    expected: 'PENDING, circuit open, no attempt spent; drains when the replicas are back',
    mixes: false,
    load: { orders: 200, ratePerSecond: 8 },
    house: { brokers: 3 },
    cannotRun: lackingForThreeBrokers,
    judge: (aftermath) => [noAttemptSpent(aftermath)],
  },
  inject: ({ house, saw }) => {
    const mend = async (): Promise<void> => {
      for (const name of STOPPED) if (house.pidOf(name) === undefined) await house.revive(name);
      await waitUntil('the return of the replicas', BACK_MS, async () => isWhole(await partitionStates(house)));
    };
    return orMend(mend, async () => {
      await Promise.all(STOPPED.map((name) => house.kill(name)));
      await waitUntil('the loss of the replicas', NOTICED_MS, async () =>
        (await partitionStates(house)).every(({ isr }) => isr.length === 1),
      );
      saw({ what: 'the relay opened its circuit', holds: await isCircuitOpened(house, NOTICED_MS) });
      const pending = (await house.progress())?.pending ?? 0;
      saw({ what: `events were pending meanwhile (${pending})`, holds: pending > 0 });
    });
  },
};
