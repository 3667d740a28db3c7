import { setTimeout as sleep } from 'node:timers/promises';
import type { House } from '../../run/house.ts';
import type { Fault, FaultContext, Heal } from '../fault.ts';
import { ownersOf, PAST_LEASE_MS, sharedAmong, SHORT_LEASE, takenOver } from './lane-leases.ts';
import { waitUntil } from './wait-until.ts';

const KIND = 'event-loop-stalled';
/** Longer than a process may be unable to run before it says that it is not ready. */
const API_STALL_MS = 5_000;
const STALLS = { api: API_STALL_MS, relay: PAST_LEASE_MS } as const;
type Stalled = keyof typeof STALLS;

/** A probe that has no answer by then counts as "not ready", as it does for a load balancer. */
const PROBE_MS = 500;
const PROBE_EVERY_MS = 100;
/** From the signal until the process says what happened to it. */
const TELLS_WITHIN_MS = 5_000;
const READY_MS = 60_000;

interface Probed {
  readonly unanswered: number;
  /** How long the process says it was stalled, milliseconds; undefined when it never said so. */
  readonly saidMs: number | undefined;
}

/** Asks for the readiness until the process says that it was stalled. */
const probeReadiness = async (house: House, role: string, boundMs: number, signal: AbortSignal): Promise<Probed> => {
  const giveUpAt = performance.now() + boundMs;
  let unanswered = 0;
  while (performance.now() < giveUpAt && !signal.aborted) {
    try {
      const answer = await fetch(`${house.urlOf(role)}/readyz`, { signal: AbortSignal.timeout(PROBE_MS) });
      const [, ms] = /stalled for (\d+) ms/.exec(await answer.text()) ?? [];
      if (answer.status === 503 && ms !== undefined) return { unanswered, saidMs: Number(ms) };
    } catch {
      unanswered += 1;
    }
    await sleep(PROBE_EVERY_MS);
  }
  return { unanswered, saidMs: undefined };
};

const ready =
  (house: House, role: string): Heal =>
  () =>
    waitUntil(`the readiness of ${role}`, READY_MS, async () => {
      const answer = await fetch(`${house.urlOf(role)}/readyz`, { signal: AbortSignal.timeout(2_000) });
      return answer.ok;
    });

/** Stalls it; readiness must fail for as long as it lasts, and tell of it afterwards. */
const stall = async ({ house, saw, signal }: FaultContext, role: Stalled): Promise<void> => {
  await house.signal(role, 'SIGUSR2');
  const lastsMs = STALLS[role];
  const { unanswered, saidMs } = await probeReadiness(house, role, lastsMs + TELLS_WITHIN_MS, signal);
  saw({
    what: `the readiness of ${role} failed: ${unanswered} probes had no answer, then it ${saidMs === undefined ? 'did not say why' : `said that it was stalled for ${saidMs} ms`}`,
    holds: unanswered > 1 && saidMs !== undefined && saidMs > lastsMs / 2,
  });
};

const stallRelay = async (context: FaultContext): Promise<void> => {
  const { house, saw, signal } = context;
  const before = await sharedAmong(house, 2);
  const [{ lanes, byOne }] = await Promise.all([takenOver(house, before, signal), stall(context, 'relay')]);
  saw({
    what: `the other relay took over ${lanes} lanes under higher epochs while it was stalled`,
    holds: lanes > 0 && byOne,
  });
  const sharing = ownersOf(await sharedAmong(house, 2));
  const owners = ownersOf(before);
  saw({
    what: `the stalled relay leads lanes again, as one of ${sharing.length}`,
    holds: sharing.length === 2 && sharing.every((owner) => owners.includes(owner)),
  });
};

/**
 * Row 36. A process that is busy with itself, first the API, then one of two relays for longer than its lease. Unlike a
 * stopped process it finds, once it goes on, all its timers due at once, and what it believes of its leases is old.
 */
export const eventLoopStalled: Fault = {
  name: KIND,
  describe: `a busy loop keeps the API from running for ${API_STALL_MS / 1_000} s, then one of two relays for ${PAST_LEASE_MS / 1_000} s, past its leases of 4 s`,
  tell: ({ target }) => `a busy loop in ${target}`,
  needs: [],
  plan: ({ random, loadMs }) => [
    (['api', 'relay'] as const).map((target) => ({
      kind: KIND,
      target,
      waitMs: Math.round(loadMs * (0.1 + 0.1 * random.unit())),
      lastsMs: 0,
    })),
  ],
  row: {
    number: 36,
    expected: 'not ready, and it says why; the stalled relay is fenced, order kept',
    mixes: false,
    house: {
      relays: 2,
      env: {
        api: { ON_SIGUSR2: `stall:${STALLS.api}` },
        relay: { ...SHORT_LEASE, ON_SIGUSR2: `stall:${STALLS.relay}` },
      },
    },
    load: { orders: 300, ratePerSecond: 8 },
    judge: ({ report }) => [
      { what: `no disorder after it went on (${report.events.outOfOrder})`, holds: report.events.outOfOrder === 0 },
    ],
  },
  inject: async (context, { target }) => {
    if (target === 'relay') await stallRelay(context);
    else await stall(context, 'api');
    return ready(context.house, target);
  },
};
