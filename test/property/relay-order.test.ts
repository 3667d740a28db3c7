import { expect } from 'chai';
import fc from 'fast-check';
import { laneOf } from '../../src/application/relay/lanes.ts';
import type { Fate } from '../../src/infrastructure/in-memory/in-memory-publisher.ts';
import { flakyLeases } from '../application/relay/flaky-leases.ts';
import { flakyOutbox } from '../application/relay/flaky-outbox.ts';
import type { CallFate } from '../application/relay/flaky-outbox.ts';
import { MINUTE, RelayHouse, seededRandom, upTo } from '../application/relay/relay-house.ts';
import { SimulatedRelay } from '../application/relay/simulated-relay.ts';

const ORDERS = 12;
const ROUNDS = 40;
const LANES = 3;
/** More than there are lanes, so that some stand by. */
const MOST_RELAYS = 5;

/**
 * A run of one to five relays that share three lanes over a flaky outbox, flaky leases and a flaky topic: they join,
 * leave, are killed and paused, all from one seed.
 */
class StormyRun {
  private readonly random: { next(): number };
  private stormy = true;
  private owners = 0;
  private readonly refusedForever = new Set<string>();
  readonly house: RelayHouse;
  private relays: { readonly owner: string; readonly process: SimulatedRelay }[] = [];
  private readonly stops: Promise<void>[] = [];

  constructor(private readonly seed: number) {
    this.random = seededRandom(seed);
    this.house = new RelayHouse(LANES, { fate: (_lane, records) => this.fate(records), latencyMs: () => 3 });
  }

  async run(): Promise<void> {
    for (let i = 0; i < 2; i += 1) this.join();
    for (let round = 0; round < ROUNDS; round += 1) {
      await this.house.append(`order-${this.upTo(ORDERS)}`, 1 + this.upTo(4));
      if (this.chance(0.03)) this.refusedForever.add(`order-${this.upTo(ORDERS)}#${1 + this.upTo(8)}`);
      await this.house.clock.advance(this.upTo(3_000));
      this.strike(this.upTo(this.relays.length));
    }
    this.stormy = false;
    for (const { process } of this.relays) process.resume();
    await this.house.clock.advance(10 * MINUTE);
    await Promise.all(this.stops);
    for (const { process } of this.relays) process.kill();
  }

  private join(): void {
    this.owners += 1;
    const outbox = flakyOutbox(this.house.relayOutbox, this.house.clock, () => this.callFate());
    const leases = flakyLeases(this.house.leases, this.house.clock, () => this.callFate());
    const owner = `relay-${this.owners}`;
    const process = new SimulatedRelay(this.house, { owner, batchRecords: 7 }, { outbox, leases });
    this.relays.push({ owner, process });
  }

  private strike(index: number): void {
    const relay = this.relays[index];
    if (relay === undefined) return;
    const { process } = relay;
    const roll = this.random.next();
    if (roll < 0.1) {
      process.kill();
      this.remove(process);
    } else if (roll < 0.2) {
      process.resume();
      this.stops.push(process.relay.stop(10_000));
      this.remove(process);
    } else if (roll < 0.35) process.pause();
    else process.resume();
    if (this.relays.length < MOST_RELAYS && this.chance(0.2)) this.join();
  }

  private remove(gone: SimulatedRelay): void {
    this.relays = this.relays.filter(({ process }) => process !== gone);
    if (this.relays.length === 0) this.join();
  }

  private fate(records: readonly { readonly orderKey: string; readonly sequence: number }[]): Fate {
    if (records.some(({ orderKey, sequence }) => this.refusedForever.has(`${orderKey}#${sequence}`)))
      return { _tag: 'Refused', kind: 'event', reason: 'INVALID_RECORD' };
    if (!this.stormy || this.chance(0.6)) return { _tag: 'Stored' };
    const faults: readonly Fate[] = [
      { _tag: 'Refused', kind: 'event', reason: 'INVALID_RECORD' },
      { _tag: 'Refused', kind: 'outage', reason: 'connection refused' },
      { _tag: 'Refused', kind: 'unknown', reason: 'UNKNOWN' },
      { _tag: 'AnswerLost' },
      { _tag: 'StoredLate', afterMs: this.upTo(20_000) },
    ];
    return faults[this.upTo(faults.length)] ?? { _tag: 'Stored' };
  }

  private callFate(): CallFate {
    if (!this.stormy || this.chance(0.85)) return 'done';
    return (['unavailable', 'answer lost', 'thrown'] as const)[this.upTo(3)] ?? 'done';
  }

  private upTo(count: number): number {
    return Math.floor(this.random.next() * count);
  }

  private chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  get alive(): readonly string[] {
    return this.relays.map(({ owner }) => owner);
  }

  get reproduce(): string {
    return `seed ${this.seed}`;
  }
}

/** Once all is calm the lanes are shared exactly among those alive, and no lane is left to nobody. */
const checkShares = ({ house, alive, reproduce }: StormyRun): void => {
  const { leases } = house.database.committed;
  const held = [...leases.values()].filter(({ expiresAt }) => expiresAt > house.database.now());
  const counts = alive.map((owner) => held.filter((lease) => lease.owner === owner).length);
  expect(held.map(({ name }) => name).sort(), reproduce).to.deep.equal(['lane-0', 'lane-1', 'lane-2']);
  expect(
    counts.reduce((sum, count) => sum + count, 0),
    reproduce,
  ).to.equal(LANES);
  expect(Math.max(...counts) - Math.min(...counts), reproduce).to.be.at.most(1);
};

const check = ({ house, reproduce }: StormyRun): void => {
  const keys = [...new Set(house.rows().map(({ orderKey }) => orderKey))];
  for (const key of keys) {
    const rows = house.rows().filter(({ orderKey }) => orderKey === key);
    const first = house.firstAppearances(key);
    expect(first, `${reproduce}: first appearances of ${key} are 1..n`).to.deep.equal(upTo(first.length));
    const stuckAt = rows.find(({ status }) => status === 'QUARANTINED')?.sequence ?? Infinity;
    for (const row of rows) {
      const expected = row.sequence < stuckAt ? 'COMPLETED' : row.sequence === stuckAt ? 'QUARANTINED' : 'PENDING';
      expect(row.status, `${reproduce}: ${key}#${row.sequence}, stuck at ${stuckAt}`).to.equal(expected);
      expect(row.attempts, `${reproduce}: attempts of ${key}#${row.sequence}`).to.be.at.most(7);
      expect(row.attempts === 7, `${reproduce}: ${key}#${row.sequence}`).to.equal(row.status === 'QUARANTINED');
      if (row.status === 'COMPLETED')
        expect(house.publisher.log(laneOf(key, LANES))[row.offset ?? -1]?.eventId, reproduce).to.equal(row.eventId);
    }
  }
};

describe('relay, for any storm', () => {
  it('first appearances are complete and in order, nothing is lost, no event is tried more than 7 times', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 - 1 }), async (seed) => {
        const run = new StormyRun(seed);
        await run.run();
        check(run);
        checkShares(run);
      }),
      { numRuns: 60 },
    );
  });
});
