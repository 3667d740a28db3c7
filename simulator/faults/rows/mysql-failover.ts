import { setTimeout as sleep } from 'node:timers/promises';
import type { Replication } from '../../../tools/environment/server-layout.ts';
import type { Evidence } from '../../checker/evidence.ts';
import type { House } from '../../run/house.ts';
import type { Aftermath, Fault, FaultContext, Heal, MatrixRow, Sighting } from '../fault.ts';
import { placedOnce } from './commit-lost.ts';
import { rowsOf, withSql } from './direct-sql.ts';
import { answered503, noAttemptSpent, servedAgain } from './expectations.ts';
import { lackingForOwnServers } from './lacking-for-own-servers.ts';
import { leasesOf } from './lane-leases.ts';
import type { Leases } from './lane-leases.ts';
import { binlogPositionOf, isFenced, promote, semiSyncOf, transactionsBeyond } from './mysql-replication.ts';
import type { SemiSync } from './mysql-replication.ts';
import { once } from './once.ts';
import { rolesReady } from './roles-ready.ts';
import { sessionsOf } from './session-killed.ts';
import { waitUntil } from './wait-until.ts';

const KIND = 'mysql-failover';
const WRITTEN_MS = 10_000;
const UNHEARD_MS = 800;
const LED_MS = 30_000;
/** Longer than a lease: every one has run out, and their holders do not know. */
const AHEAD_S = 12;
/** A machine with two cores that also restarts the old source; the promotion itself takes a fraction of a second. */
const LONGEST_GAP_MS = 30_000;

/** Both servers, past any proxy. The first is where the old source was, dead or alive. */
interface Pair {
  readonly source: Pick<House, 'mysqlUrl'>;
  readonly replica: Pick<House, 'mysqlUrl'>;
}

const pairOf = ({ mysqlUrl, replicaUrl }: House): Pair => {
  if (replicaUrl === undefined) throw new Error('MySQL has no replica');
  return { source: { mysqlUrl }, replica: { mysqlUrl: replicaUrl } };
};

export const judgeSemiSync = ({ isOn, acknowledged, alone }: SemiSync): Sighting => ({
  what: `until the kill no commit was acknowledged without the replica (${acknowledged} with it, ${alone} without)`,
  holds: isOn && acknowledged > 0 && alone === 0,
});

/**
 * The hardest moment to lose a source: its replica has heard nothing for a while, so the last transactions are in no other
 * place. A source that does not wait for its replica has acknowledged them.
 */
const killUnheard = async (house: House, { source, replica }: Pair, signal: AbortSignal): Promise<SemiSync> => {
  const seen = await withSql(source, async (connection) => {
    await withSql(replica, (follower) => rowsOf(follower, 'STOP REPLICA IO_THREAD'));
    const heard = await binlogPositionOf(connection);
    await waitUntil('a transaction that the replica does not hear of', WRITTEN_MS, async () =>
      signal.aborted ? true : (await binlogPositionOf(connection)) > heard,
    );
    await sleep(UNHEARD_MS, undefined, { signal }).catch(() => undefined);
    return semiSyncOf(connection);
  });
  await house.kill('mysql');
  return seen;
};

const risen = (before: Leases, after: Leases): number =>
  before.filter(({ name, epoch }) => after.some((lease) => lease.name === name && lease.epoch > epoch)).length;

/** Every lane is led again, under the epoch it had or a higher one. */
export const judgeLeases = (before: Leases, after: Leases): Sighting => ({
  what: `${after.length} of ${before.length} lanes are led at the promoted server, ${risen(before, after)} under a higher epoch, none under a lower one`,
  holds:
    before.length > 0 &&
    before.every(({ name, epoch }) => after.some((lease) => lease.name === name && lease.epoch >= epoch)),
});

const leasesLed = async (house: House, lanes: number): Promise<Leases> => {
  let leases: Leases = [];
  await waitUntil('the leadership of every lane', LED_MS, async () => {
    leases = await leasesOf(house);
    return leases.length >= lanes;
  }).catch(() => undefined);
  return leases;
};

/** The old source is started again, as an operator or a supervisor would: it must not be taken for the source. */
const judgeOldSource = ({ source, replica }: Pair): Promise<readonly Sighting[]> =>
  withSql(source, (old) =>
    withSql(replica, async (promoted) => {
      const left = await transactionsBeyond(old, promoted);
      const taken = await transactionsBeyond(promoted, old);
      const clients = (await sessionsOf(old)).length;
      return [
        { what: `the old source died with ${left} transactions that nobody else had`, holds: left > 0 },
        { what: `the promoted server took ${taken} transactions`, holds: taken > 0 },
        {
          what: `the old source came back fenced: read-only, offline, ${clients} clients`,
          holds: clients === 0 && (await isFenced(old)),
        },
      ];
    }),
  );

/** As if the clock of the promoted server were ahead: what the old one had granted ends so much earlier, behind its holder's back. */
const setClockAhead = (replica: Pair['replica']): Promise<void> =>
  withSql(replica, async (promoted) => {
    for (const table of ['relay_leases', 'relay_members'])
      await rowsOf(promoted, `UPDATE ${table} SET expires_at = expires_at - INTERVAL ${AHEAD_S} SECOND`);
  });

const failOver = async ({ house, saw, say, signal }: FaultContext): Promise<Heal> => {
  const pair = pairOf(house);
  const leases = await leasesOf(house);
  saw(judgeSemiSync(await killUnheard(house, pair, signal)));
  const diedAt = performance.now();
  await withSql(pair.replica, promote);
  await setClockAhead(pair.replica);
  house.followReplica();
  say(`the replica was promoted and the address moved ${Math.round(performance.now() - diedAt)} ms after the kill`);
  return async () => {
    await rolesReady(house);
    saw(judgeLeases(leases, await leasesLed(house, leases.length)));
    await house.revive('mysql');
    for (const sighting of await judgeOldSource(pair)) saw(sighting);
  };
};

interface Gap {
  readonly from: number;
  readonly to: number;
}

/** The longest time around the failover in which no event was written that is still there. */
export const writeGapOf = ({ outbox, faults }: Evidence): Gap | undefined => {
  const window = faults.rows.find(({ kind }) => kind === KIND);
  if (window === undefined) return undefined;
  const times = outbox.rows.map(({ createdAt }) => createdAt).sort((a, b) => a - b);
  return times
    .slice(1)
    .map((to, index) => ({ from: times[index] ?? to, to }))
    .filter(({ from, to }) => to >= window.at && from <= (window.healedAt ?? Infinity))
    .reduce<Gap | undefined>((longest, gap) => {
      const isLonger = longest === undefined || gap.to - gap.from > longest.to - longest.from;
      return isLonger ? gap : longest;
    }, undefined);
};

/** Orders were placed at the one server and went on at the other, and writing came to a stop for seconds only. */
export const judgeGoingOn = ({ evidence }: Pick<Aftermath, 'evidence'>): readonly Sighting[] => {
  const gap = writeGapOf(evidence);
  const isKnown = gap !== undefined && evidence.outbox.missing.length === 0;
  const ordersOf = (isMeant: (createdAt: number) => boolean): ReadonlySet<string> =>
    new Set(evidence.outbox.rows.filter(({ createdAt }) => isMeant(createdAt)).map(({ orderId }) => orderId));
  const before = ordersOf((at) => gap !== undefined && at <= gap.from);
  const after = ordersOf((at) => gap !== undefined && at >= gap.to);
  const both = [...before].filter((orderId) => after.has(orderId)).length;
  const gapMs = gap === undefined ? 0 : gap.to - gap.from;
  return [
    {
      what: `nothing was written for ${(gapMs / 1_000).toFixed(1)} s`,
      holds: isKnown ? gapMs <= LONGEST_GAP_MS : undefined,
    },
    { what: `${both} orders begun before went on after it`, holds: isKnown ? both > 0 : undefined },
  ];
};

/** As a fault whose pair replicates like this; all but semi-synchronous replication must be seen to lose something. */
export const mysqlFailoverWith = (replication: Replication): Fault & { readonly row: MatrixRow } => ({
  name: KIND,
  describe:
    'the source of MySQL dies (kill -9) while its replica lags; the replica takes its place, its clock more than a lease ahead, and the old source is fenced',
  tell: () => 'kill -9 of the source of MySQL, its replica is promoted',
  needs: ['mysql'],
  plan: once(KIND, 'mysql', 0),
  row: {
    number: 38,
    expected: 'nothing acknowledged is lost, sequences go on, the old source writes nothing more',
    mixes: false,
    load: { orders: 300, ratePerSecond: 10 },
    house: { replication, proxies: ['mysql'], relays: 2 },
    cannotRun: () => Promise.resolve(lackingForOwnServers('a source and its replica are')),
    judge: (aftermath) => [
      placedOnce(aftermath),
      answered503(aftermath),
      servedAgain(aftermath),
      ...judgeGoingOn(aftermath),
      noAttemptSpent(aftermath),
    ],
  },
  inject: failOver,
});

export const mysqlFailover = mysqlFailoverWith('semi-synchronous');
