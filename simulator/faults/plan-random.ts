import type { Seeded } from '../workload/seeded.ts';
import { seeded } from '../workload/seeded.ts';
import { DEFAULT_OUTAGE_MS } from './broker-outage.ts';
import type { Fault, Injection, Track } from './fault.ts';

/** So many faults may be at work at the same time, each on a target of its own. */
const TRACKS = 2;
/** Between the heal of one fault and the next of its track, milliseconds. */
const CALM_MS: readonly [number, number] = [4_000, 15_000];
/** What one fault takes, roughly, for knowing how many fit in; the true times are longer or shorter. */
const ROUGHLY_MS = 8_000;
const LOAD_OF_ONE_MS = 10_000;

const oneOf = (fault: Fault, random: Seeded, relays: number): Injection | undefined =>
  fault.plan({ random, loadMs: LOAD_OF_ONE_MS, relays, outageMs: DEFAULT_OUTAGE_MS }).flat()[0];

export interface RandomScheduleOptions {
  readonly seed: number;
  /** Those that may be mixed. */
  readonly faults: readonly Fault[];
  readonly loadMs: number;
  readonly relays: number;
}

/** Faults in random order at random moments over the load: a pure function of the seed. */
export const planRandom = ({ seed, faults, loadMs, relays }: RandomScheduleOptions): readonly Track[] => {
  const random = seeded(seed, 'faults/random');
  const [first, ...others] = faults;
  if (first === undefined) return [];
  return Array.from({ length: TRACKS }, () => {
    const track: Injection[] = [];
    for (let at = 0; ;) {
      const waitMs = random.int(...CALM_MS);
      const next = oneOf(random.pick([first, ...others]), random, relays);
      at += waitMs + ROUGHLY_MS + (next?.lastsMs ?? 0);
      if (at > loadMs) return track;
      if (next !== undefined) track.push({ ...next, waitMs });
    }
  });
};
