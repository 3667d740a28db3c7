import { expect } from 'chai';
import fc from 'fast-check';
import { laneOf } from '../../src/application/relay/lanes.ts';
import type { Fate } from '../../src/infrastructure/in-memory/in-memory-publisher.ts';
import { flakyOutbox } from '../application/relay/flaky-outbox.ts';
import type { CallFate } from '../application/relay/flaky-outbox.ts';
import { MINUTE, RelayHouse, seededRandom, upTo } from '../application/relay/relay-house.ts';
import { SimulatedProcess } from '../application/relay/simulated-process.ts';

const ORDERS = 12;
const ROUNDS = 40;

/** A run of two relays over a flaky outbox and topic, with kills, pauses and restarts, all from one seed. */
class StormyRun {
  private readonly random: { next(): number };
  private stormy = true;
  private owners = 0;
  private readonly refusedForever = new Set<string>();
  readonly house: RelayHouse;
  private readonly relays: SimulatedProcess[] = [];

  constructor(private readonly seed: number) {
    this.random = seededRandom(seed);
    this.house = new RelayHouse(3, { fate: (_lane, records) => this.fate(records), latencyMs: () => 3 });
  }

  async run(): Promise<void> {
    for (let i = 0; i < 2; i += 1) this.relays.push(this.startRelay());
    for (let round = 0; round < ROUNDS; round += 1) {
      await this.house.append(`order-${this.upTo(ORDERS)}`, 1 + this.upTo(4));
      if (this.chance(0.03)) this.refusedForever.add(`order-${this.upTo(ORDERS)}#${1 + this.upTo(8)}`);
      await this.house.clock.advance(this.upTo(3_000));
      this.strike(this.upTo(2));
    }
    this.stormy = false;
    for (const relay of this.relays) relay.resume();
    await this.house.clock.advance(10 * MINUTE);
    for (const relay of this.relays) relay.kill();
  }

  private startRelay(): SimulatedProcess {
    this.owners += 1;
    const outbox = flakyOutbox(this.house.relayOutbox, this.house.clock, () => this.callFate());
    return new SimulatedProcess(this.house, { owner: `relay-${this.owners}`, batchRecords: 7 }, { outbox });
  }

  private strike(index: number): void {
    const relay = this.relays[index];
    if (relay === undefined) return;
    const roll = this.random.next();
    if (roll < 0.15) {
      relay.kill();
      this.relays[index] = this.startRelay();
    } else if (roll < 0.3) relay.pause();
    else relay.resume();
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

  get reproduce(): string {
    return `seed ${this.seed}`;
  }
}

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
        expect(house.publisher.log(laneOf(key, 3))[row.offset ?? -1]?.eventId, reproduce).to.equal(row.eventId);
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
      }),
      { numRuns: 60 },
    );
  });
});
