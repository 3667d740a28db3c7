import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { House } from '../../run/house.ts';
import { rowsOf, withSql } from './direct-sql.ts';
import { waitUntil } from './wait-until.ts';

const Leases = t.array(t.type({ name: t.string, owner: t.string, epoch: t.number }));
export type Leases = t.TypeOf<typeof Leases>;

/** Shorter than usual, so that a row need not last long; the other settings follow the rule about leases. */
export const SHORT_LEASE = { RELAY_LEASE_MS: '4000', KAFKA_REQUEST_TIMEOUT_MS: '2500', MYSQL_QUERY_TIMEOUT_MS: '2500' };

/** Past every short lease: a relay that cannot run for so long has been replaced. */
export const PAST_LEASE_MS = 9_000;
const TAKE_OVER_MS = 8_500;
const SHARE_MS = 20_000;

/** The leases of the lanes that are valid now, on the database's clock. */
export const leasesOf = async (house: House): Promise<Leases> => {
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

export const ownersOf = (leases: Leases): readonly string[] => [...new Set(leases.map(({ owner }) => owner))];

/** The leases once so many relays share the lanes, or after a while as they are. */
export const sharedAmong = async (house: House, relays: number): Promise<Leases> => {
  let leases: Leases = [];
  await waitUntil('the sharing of the lanes', SHARE_MS, async () => {
    leases = await leasesOf(house);
    return ownersOf(leases).length === relays;
  }).catch(() => undefined);
  return leases;
};

/** Waits until one relay leads all lanes, while the other one cannot run; answers the lanes it took under higher epochs. */
export const takenOver = async (
  house: House,
  before: Leases,
  signal: AbortSignal,
): Promise<{ readonly lanes: number; readonly byOne: boolean }> => {
  let after = before;
  await waitUntil('the take-over of its lanes', TAKE_OVER_MS, async () => {
    if (signal.aborted) return true;
    after = await leasesOf(house);
    return after.length === before.length && ownersOf(after).length === 1;
  }).catch(() => undefined);
  const taken = before.filter(({ name, owner, epoch }) =>
    after.some((lease) => lease.name === name && lease.owner !== owner && lease.epoch > epoch),
  );
  return { lanes: taken.length, byOne: ownersOf(after).length === 1 };
};
