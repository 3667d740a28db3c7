import type { Evidence, LeaseSighting } from '../evidence.ts';

/** What one relay did, as far as the sightings of the leases tell: they are half a second apart. */
export interface RelayWork {
  readonly owner: string;
  /** Lanes it published events of. */
  readonly lanes: number;
  readonly events: number;
}

/** A lease that was given back has no owner until it is taken again. */
const holdersByLease = (sightings: readonly LeaseSighting[]): ReadonlyMap<string, readonly LeaseSighting[]> => {
  const byLease = new Map<string, LeaseSighting[]>();
  for (const sighting of [...sightings].sort((a, b) => a.at - b.at)) {
    if (sighting.owner === '') continue;
    const known = byLease.get(sighting.name);
    if (known === undefined) byLease.set(sighting.name, [sighting]);
    else known.push(sighting);
  }
  return byLease;
};

const holderAt = (sightings: readonly LeaseSighting[], at: number): string | undefined =>
  (sightings.findLast((sighting) => sighting.at <= at) ?? sightings[0])?.owner;

/** The same for some of the events. */
export interface RelayShare {
  readonly owner: string;
  readonly lanes: ReadonlySet<number>;
  readonly events: number;
}

/** How the relays shared the work: each published event counts for the holder of its lane at that time. */
export const relayShares = ({ leases, outbox }: Pick<Evidence, 'leases' | 'outbox'>): readonly RelayShare[] => {
  const holders = holdersByLease(leases.rows);
  const work = new Map<string, { readonly owner: string; readonly lanes: Set<number>; events: number }>();
  for (const { partition, publishedAt } of outbox.rows) {
    if (publishedAt === null) continue;
    const owner = holderAt(holders.get(`lane-${partition}`) ?? [], publishedAt);
    if (owner === undefined) continue;
    const mine = work.get(owner) ?? { owner, lanes: new Set<number>(), events: 0 };
    mine.lanes.add(partition);
    mine.events += 1;
    work.set(owner, mine);
  }
  return [...work.values()];
};

/** The shares of all events together. Most events first. */
export const addShares = (shares: readonly RelayShare[]): readonly RelayWork[] =>
  [...new Set(shares.map(({ owner }) => owner))]
    .map((name) => {
      const own = shares.filter(({ owner }) => owner === name);
      return {
        owner: name,
        lanes: new Set(own.flatMap(({ lanes }) => [...lanes])).size,
        events: own.reduce((sum, { events }) => sum + events, 0),
      };
    })
    .sort((a, b) => b.events - a.events || (a.owner < b.owner ? -1 : 1));
