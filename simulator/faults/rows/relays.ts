import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { freeze } from './freeze.ts';
import { leasesOf, ownersOf, PAST_LEASE_MS, sharedAmong, SHORT_LEASE, takenOver } from './lane-leases.ts';
import { once } from './once.ts';

export const relayPaused: Fault = {
  name: 'relay-paused',
  describe: `one of two relays is stopped (SIGSTOP) for ${PAST_LEASE_MS / 1_000} s, past its leases of 4 s, then goes on as a zombie`,
  tell: () => `SIGSTOP of relay, SIGCONT after ${PAST_LEASE_MS / 1_000} s`,
  needs: [],
  plan: once('relay-paused', 'relay', 500),
  row: {
    number: 5,
    expected: 'fenced: the other relay leads its lanes under higher epochs, order kept',
    mixes: true,
    house: { relays: 2, env: { relay: SHORT_LEASE } },
    judge: ({ report }) => [
      { what: `no disorder after it woke (${report.events.outOfOrder})`, holds: report.events.outOfOrder === 0 },
    ],
  },
  inject: async ({ house, saw, signal }) => {
    const before = await leasesOf(house);
    const heal = await freeze(house, 'relay');
    const stoppedAt = performance.now();
    const { lanes, byOne } = await takenOver(house, before, signal);
    saw({
      what: `the other relay took over ${lanes} lanes under higher epochs while it was stopped`,
      holds: lanes > 0 && byOne,
    });
    const left = PAST_LEASE_MS - (performance.now() - stoppedAt);
    await sleep(Math.max(0, left), undefined, { signal }).catch(() => undefined);
    return heal;
  },
};

const MORE = ['relay-3', 'relay-4'] as const;

export const severalRelays: Fault = {
  name: 'several-relays',
  describe: 'two relays at work, two more join and share the lanes, then leave in order',
  tell: () => `${MORE.join(' and ')} join`,
  needs: [],
  plan: once('several-relays', 'relay-3', 3_000),
  row: {
    number: 6,
    expected: 'order kept, lanes shared among all',
    mixes: false,
    house: { relays: 2 },
  },
  inject: async ({ house, saw }) => {
    await Promise.all(MORE.map((name) => house.addRole(name)));
    const leases = await sharedAmong(house, 4);
    const shares = ownersOf(leases).map((owner) => leases.filter((lease) => lease.owner === owner).length);
    saw({ what: `four relays lead ${shares.join(' + ')} lanes`, holds: shares.length === 4 });
    return async () => {
      await Promise.all(MORE.map((name) => house.removeRole(name)));
    };
  },
};

const STOP_BOUND_MS = 10_000;

export const gracefulStop: Fault = {
  name: 'graceful-stop',
  describe: 'SIGTERM to the relay under load, once; its supervisor starts it again',
  tell: () => 'SIGTERM to relay',
  needs: [],
  plan: once('graceful-stop', 'relay', 0),
  row: {
    number: 7,
    expected: 'ends before its deadline, nothing sent twice',
    mixes: true,
    judge: ({ report }) => [
      {
        what: `what was in flight was settled before it ended (${report.events.duplicatesPublished} duplicates)`,
        holds: report.events.duplicatesPublished === 0,
      },
    ],
  },
  inject: async ({ house, saw }) => {
    const askedAt = performance.now();
    await house.signal('relay', 'SIGTERM');
    const tookMs = performance.now() - askedAt;
    saw({ what: `it ended ${(tookMs / 1_000).toFixed(1)} s after SIGTERM`, holds: tookMs < STOP_BOUND_MS });
    return () => house.revive('relay');
  },
};
