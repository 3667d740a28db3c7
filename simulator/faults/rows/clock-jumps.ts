import type { House } from '../../run/house.ts';
import type { Aftermath, Fault, FaultContext, Heal, Sighting } from '../fault.ts';
import type { FaultProxy } from '../proxy/fault-proxy.ts';
import { isCircuitOpened } from './circuit.ts';
import { noAttemptSpent } from './expectations.ts';
import { ownersOf, sharedAmong, SHORT_LEASE } from './lane-leases.ts';
import { orMend } from './or-mend.ts';
import { noStorm, retriesAround } from './retry-storm.ts';
import { waitUntil } from './wait-until.ts';

const KIND = 'clock-jumps';
const HOUR_MS = 3_600_000;
/** What has a clock that jumps. The other relay keeps the right time, so that two holders of leases disagree by an hour. */
const JUMPING = ['api', 'relay', 'payment', 'shipping'] as const;

interface Jump {
  readonly target: string;
  readonly byMs: number;
  readonly inOutage: boolean;
}

/** In an outage, when everything waits to be tried again, and in the midst of work. */
const JUMPS: readonly Jump[] = [
  { target: 'clocks, ahead in an outage of Kafka', byMs: HOUR_MS, inOutage: true },
  { target: 'clocks, back', byMs: -HOUR_MS, inOutage: false },
  { target: 'clocks, ahead', byMs: HOUR_MS, inOutage: false },
  { target: 'clocks, back in an outage of Kafka', byMs: -HOUR_MS, inOutage: true },
];
const SETTINGS = { ON_SIGUSR2: JUMPS.map(({ byMs }) => `jump:${byMs}`).join(',') };
/** Before the jump and after it; longer than a lease, so that each lease has to be renewed by the new time. */
const WATCH_MS = 5_000;
const CIRCUIT_MS = 10_000;
const JUMP_MS = 5_000;
const READY_MS = 60_000;

const lineOf = ({ proxies }: House): FaultProxy => {
  if (proxies.kafka === undefined) throw new Error('no proxy stands between the roles and Kafka');
  return proxies.kafka;
};

/** How far the clock of a role stands ahead of ours, milliseconds. */
const offsetMs = async (house: House, role: string): Promise<number> => {
  const answer = await fetch(`${house.urlOf(role)}/metrics`, { signal: AbortSignal.timeout(JUMP_MS) });
  const [, seconds] = /^orderly_wall_clock_seconds (\S+)$/m.exec(await answer.text()) ?? [];
  return Number(seconds) * 1_000 - Date.now();
};

const standsAhead = async (house: House, role: string, ms: number): Promise<boolean> =>
  Math.abs((await offsetMs(house, role)) - ms) < JUMP_MS;

const jump = async ({ house, saw }: FaultContext, byMs: number): Promise<void> => {
  const aheadMs = Math.max(0, byMs);
  await Promise.all(JUMPING.map((role) => house.signal(role, 'SIGUSR2')));
  const jumped = await Promise.all(
    JUMPING.map((role) =>
      waitUntil(`the jump of ${role}`, JUMP_MS, () => standsAhead(house, role, aheadMs)).then(
        () => true,
        () => false,
      ),
    ),
  );
  const there = JUMPING.filter((_, index) => jumped[index]);
  saw({
    what: `the clocks of ${there.join(', ')} stand ${aheadMs === 0 ? 'right again' : 'an hour ahead'}, the one of relay-2 right`,
    holds: there.length === JUMPING.length && (await standsAhead(house, 'relay-2', 0).catch(() => undefined)),
  });
};

const heal =
  (house: House): Heal =>
  async () => {
    lineOf(house).heal();
    await waitUntil('the readiness of every role', READY_MS, async () => {
      const answers = await Promise.all(
        [...JUMPING, 'relay-2'].map((role) =>
          fetch(`${house.urlOf(role)}/readyz`, { signal: AbortSignal.timeout(2_000) }),
        ),
      );
      return answers.every(({ ok }) => ok);
    });
  };

/** Where a storm of retries would begin: it would show in the connections that are tried. */
const jumpInOutage = async (context: FaultContext, byMs: number): Promise<void> => {
  const { house, saw, signal } = context;
  const line = lineOf(house);
  line.cut();
  const isWaiting = await isCircuitOpened(house, CIRCUIT_MS);
  const retries = await retriesAround(line, WATCH_MS, signal, () => jump(context, byMs));
  saw(noStorm(retries, WATCH_MS, isWaiting));
};

/** Nobody lost a lane, although leases were renewed by clocks that disagree. */
const laneKept = ({ evidence }: Aftermath): Sighting => {
  const since = Math.min(...evidence.faults.rows.map(({ at }) => at));
  const epochs = evidence.leases.rows.filter(({ name, at }) => name.startsWith('lane-') && at >= since);
  return {
    what: `${epochs.length} leases of lanes began after the first jump`,
    holds: evidence.leases.missing.length > 0 ? undefined : epochs.length === 0,
  };
};

/** The jump reached what is written: only then did everything downstream see times of another hour, and in disorder. */
const timesJumped = ({ evidence }: Aftermath): Sighting => {
  const { rows, missing } = evidence.outbox;
  const ahead = rows.filter(({ occurredAt, createdAt }) => occurredAt - createdAt > HOUR_MS / 2).length;
  return {
    what: `${ahead} of ${rows.length} events bear a time an hour ahead, the others the right one`,
    holds: missing.length > 0 ? undefined : ahead > 0 && ahead < rows.length,
  };
};

/**
 * Row 34. The clocks of four processes jump an hour ahead and back again, twice: once each with Kafka away, once each
 * under load. Between the jumps they stay wrong while nothing is broken and no fault is told to the checker, so that all
 * of that time is judged as any other: delays are measured between `created_at` and the inbox, by the database's clock,
 * and LogAppendTime, by the broker's, and those clocks do not jump. A time from a clock that jumps is in `occurred_at`
 * only, which the checker compares with `ce_time` and with nothing else; so nothing has to be excused.
 */
export const clockJumps: Fault = {
  name: KIND,
  describe:
    'the clocks of the API, one of two relays and the consumers jump an hour ahead and back, under load and in outages of Kafka',
  tell: ({ target }) => `SIGUSR2 to ${JUMPING.join(', ')} (${target})`,
  needs: ['kafka'],
  plan: ({ random, loadMs }) => [
    JUMPS.map(({ target }) => ({
      kind: KIND,
      target,
      waitMs: Math.round(loadMs * (0.08 + 0.06 * random.unit())),
      lastsMs: 0,
    })),
  ],
  row: {
    number: 34,
    expected: 'no storm of retries, no lane changes hands, nothing is late but for the outages',
    mixes: false,
    house: {
      relays: 2,
      proxies: ['kafka'],
      env: { api: SETTINGS, relay: { ...SHORT_LEASE, ...SETTINGS }, payment: SETTINGS, shipping: SETTINGS },
    },
    load: { orders: 360, ratePerSecond: 6 },
    judge: (aftermath) => [laneKept(aftermath), timesJumped(aftermath), noAttemptSpent(aftermath)],
  },
  inject: async (context, { target }) => {
    const { house } = context;
    const planned = JUMPS.find((one) => one.target === target);
    if (planned === undefined) throw new Error(`no clock jumps as ${target}`);
    const sharing = ownersOf(await sharedAmong(house, 2)).length;
    if (sharing !== 2) throw new Error(`${sharing} relays share the lanes instead of two`);
    return orMend(heal(house), () => (planned.inOutage ? jumpInOutage : jump)(context, planned.byMs));
  },
};
