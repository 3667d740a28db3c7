import type { Fault, Heal } from '../fault.ts';
import type { House } from '../../run/house.ts';
import { rowsOf, withSql } from './direct-sql.ts';
import { answered503, noAttemptSpent } from './expectations.ts';
import { once } from './once.ts';
import { waitUntil } from './wait-until.ts';

const BACK_MS = 60_000;

/** Whether what runs under this name does its work, asked directly. */
const answers = async (house: House, target: string): Promise<boolean> => {
  if (target === 'mysql') return (await withSql(house, (connection) => rowsOf(connection, 'SELECT 1'))).length === 1;
  if (target === 'kafka') return (await house.admin((admin) => admin.fetchTopicOffsets(house.topic))).length > 0;
  return (await fetch(`${house.urlOf(target)}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
};

/** SIGSTOP now; the heal is SIGCONT, and waits until it works again. */
export const freeze = async (house: House, target: string): Promise<Heal> => {
  await house.signal(target, 'SIGSTOP');
  return async () => {
    await house.signal(target, 'SIGCONT');
    await waitUntil(`the recovery of ${target}`, BACK_MS, () => answers(house, target));
  };
};

const frozen = (kind: string, target: string, lastsMs: number): Pick<Fault, 'name' | 'tell' | 'plan' | 'inject'> => ({
  name: kind,
  tell: () => `SIGSTOP of ${target}, SIGCONT after ${lastsMs / 1_000} s`,
  plan: once(kind, target, lastsMs),
  inject: ({ house }) => freeze(house, target),
});

export const mysqlFrozen: Fault = {
  ...frozen('mysql-frozen', 'mysql', 8_000),
  describe: 'SIGSTOP of MySQL for 8 s: connections stay open, nothing answers',
  needs: ['mysql'],
  row: {
    number: 9,
    expected: 'time-outs, connections destroyed, 503 meanwhile',
    mixes: true,
    judge: (aftermath) => [answered503(aftermath)],
  },
};

export const brokerFrozen: Fault = {
  ...frozen('broker-frozen', 'kafka', 45_000),
  describe: 'SIGSTOP of Kafka for 45 s',
  needs: ['kafka'],
  row: {
    number: 18,
    expected: 'no false COMPLETED, nothing quarantined',
    mixes: false,
    load: { orders: 200, ratePerSecond: 5 },
    judge: (aftermath) => [noAttemptSpent(aftermath)],
  },
};
