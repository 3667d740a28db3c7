import type { Fault, Injection, Track } from './fault.ts';
import { answered503, noAttemptSpent } from './rows/expectations.ts';
import type { Seeded } from '../workload/seeded.ts';

/** Kill -9 of whatever the injection names; healed when it answers again. */
export const injectKill: Fault['inject'] = async (context, { target }) => {
  await context.house.kill(target);
  return () => context.house.revive(target);
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** `kill -9 of kafka, started again after 3.0 s`; roles are started again at once by their supervisor. */
export const tellKill: Fault['tell'] = ({ target, lastsMs }) =>
  lastsMs === 0 ? `kill -9 of ${target}` : `kill -9 of ${target}, started again after ${seconds(lastsMs)}`;

/** `count` kills spread over the load: each third, quarter … of it has one, at a random moment. */
const spread = (
  random: Seeded,
  loadMs: number,
  count: number,
  kill: Pick<Injection, 'kind' | 'target'>,
  lasts: readonly [from: number, to: number],
): Track => {
  const slot = (loadMs * 0.8) / count;
  return Array.from({ length: count }, (_, index) => ({
    ...kill,
    waitMs: Math.round(index === 0 ? loadMs * 0.1 + slot * random.unit() : slot * (0.3 + 0.7 * random.unit())),
    lastsMs: random.int(...lasts),
  }));
};

const killOfRole = (name: string, target: string, count: number): Fault => ({
  name,
  describe: `kill -9 of the ${target} process, ${count} times; its supervisor restarts it`,
  tell: tellKill,
  needs: [],
  plan: ({ random, loadMs }) => [spread(random, loadMs, count, { kind: name, target }, [0, 0])],
  inject: injectKill,
});

/** Any of the relays: the others take over its lanes, unless it is back before its leases expire. */
export const relayKill: Fault = {
  ...killOfRole('relay-kill', 'relay', 3),
  plan: ({ random, loadMs, relays }) => [
    spread(random, loadMs, 3, { kind: 'relay-kill', target: 'relay' }, [0, 0]).map((kill) => {
      const number = random.int(1, relays);
      return { ...kill, target: number === 1 ? 'relay' : `relay-${number}` };
    }),
  ],
};
export const apiKill = killOfRole('api-kill', 'api', 3);
export const paymentKill = killOfRole('payment-kill', 'payment', 2);
export const shippingKill = killOfRole('shipping-kill', 'shipping', 2);

export const brokerRestart: Fault = {
  name: 'broker-restart',
  describe: 'kill -9 of Kafka, a few seconds without it, restart on the same log',
  tell: tellKill,
  needs: ['kafka'],
  plan: ({ random, loadMs }) => [
    spread(random, loadMs, 1, { kind: 'broker-restart', target: 'kafka' }, [2_000, 4_000]),
  ],
  row: {
    number: 17,
    expected: 'PENDING meanwhile, nothing quarantined',
    mixes: true,
    judge: (aftermath) => [noAttemptSpent(aftermath)],
  },
  inject: injectKill,
};

export const mysqlRestart: Fault = {
  name: 'mysql-restart',
  describe: 'kill -9 of MySQL, a moment without it, restart with crash recovery',
  tell: tellKill,
  needs: ['mysql'],
  plan: ({ random, loadMs }) => [spread(random, loadMs, 1, { kind: 'mysql-restart', target: 'mysql' }, [1_000, 3_000])],
  row: {
    number: 8,
    expected: '503 meanwhile, reconnects',
    mixes: true,
    judge: (aftermath) => [answered503(aftermath)],
  },
  inject: injectKill,
};
