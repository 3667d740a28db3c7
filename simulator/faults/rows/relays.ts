import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { House } from '../../run/house.ts';
import type { Fault } from '../fault.ts';
import { rowsOf, withSql } from './direct-sql.ts';
import { freeze } from './freeze.ts';
import { once } from './once.ts';
import { waitUntil } from './wait-until.ts';

const Leases = t.array(t.type({ name: t.string, owner: t.string, epoch: t.number }));
type Leases = t.TypeOf<typeof Leases>;

/** The leases of the lanes that are valid now, on the database's clock. */
const leasesOf = async (house: House): Promise<Leases> => {
  const rows = await withSql(house, (connection) =>
    rowsOf(
      connection,
      "SELECT name, owner, CAST(epoch AS SIGNED) AS epoch FROM relay_leases WHERE name LIKE 'lane-%' AND expires_at > NOW(6)",
    ),
  );
  const decoded = Leases.decode(rows);
  if (E.isLeft(decoded)) throw new Error('the table of leases has another shape');
  return decoded.right;
};

const ownersOf = (leases: Leases): readonly string[] => [...new Set(leases.map(({ owner }) => owner))];

/** Shorter than usual, so that a row need not last long; the other settings follow the rule about leases. */
const SHORT_LEASE = { RELAY_LEASE_MS: '4000', KAFKA_REQUEST_TIMEOUT_MS: '2500', MYSQL_QUERY_TIMEOUT_MS: '2500' };
const PAUSE_MS = 9_000;
const TAKE_OVER_MS = 8_500;

export const relayPaused: Fault = {
  name: 'relay-paused',
  describe: `one of two relays is stopped (SIGSTOP) for ${PAUSE_MS / 1_000} s, past its leases of 4 s, then goes on as a zombie`,
  tell: () => `SIGSTOP of relay, SIGCONT after ${PAUSE_MS / 1_000} s`,
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
    let after = before;
    await waitUntil('the take-over of its lanes', TAKE_OVER_MS, async () => {
      if (signal.aborted) return true;
      after = await leasesOf(house);
      return after.length === before.length && ownersOf(after).length === 1;
    }).catch(() => undefined);
    const taken = before.filter(({ name, owner, epoch }) =>
      after.some((lease) => lease.name === name && lease.owner !== owner && lease.epoch > epoch),
    );
    saw({
      what: `the other relay took over ${taken.length} lanes under higher epochs while it was stopped`,
      holds: taken.length > 0 && ownersOf(after).length === 1,
    });
    const left = PAUSE_MS - (performance.now() - stoppedAt);
    await sleep(Math.max(0, left), undefined, { signal }).catch(() => undefined);
    return heal;
  },
};

const MORE = ['relay-3', 'relay-4'] as const;
const SHARE_MS = 20_000;

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
    let leases: Leases = [];
    await waitUntil('the sharing of the lanes', SHARE_MS, async () => {
      leases = await leasesOf(house);
      return ownersOf(leases).length === 4;
    }).catch(() => undefined);
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
