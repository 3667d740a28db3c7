import type { Seeded } from '../workload/seeded.ts';

const LOST = 0.15;
const LATE = 0.15;
const MOST_MS = 2_000;

/** How a ring gets from who commits to a relay: mostly at once, now and then late, now and then never. */
export class RingWay {
  constructor(
    private readonly random: Seeded,
    private readonly after: (ms: number, act: () => void) => void,
  ) {}

  travel(arrive: () => void): void {
    const luck = this.random.unit();
    if (luck < LOST) return;
    if (luck < LOST + LATE) this.after(this.random.int(1, MOST_MS), arrive);
    else arrive();
  }
}
