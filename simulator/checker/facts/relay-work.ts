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

/** How the relays shared the work: each published event counts for the holder of its lane at that time. Most first. */
export const relayWork = ({ leases, outbox }: Pick<Evidence, 'leases' | 'outbox'>): readonly RelayWork[] => {
  const holders = holdersByLease(leases.rows);
  const work = new Map<string, { readonly lanes: Set<number>; events: number }>();
  for (const { partition, publishedAt } of outbox.rows) {
    if (publishedAt === null) continue;
    const owner = holderAt(holders.get(`lane-${partition}`) ?? [], publishedAt);
    if (owner === undefined) continue;
    const mine = work.get(owner) ?? { lanes: new Set<number>(), events: 0 };
    mine.lanes.add(partition);
    mine.events += 1;
    work.set(owner, mine);
  }
  return [...work]
    .map(([owner, { lanes, events }]) => ({ owner, lanes: lanes.size, events }))
    .sort((a, b) => b.events - a.events);
};
