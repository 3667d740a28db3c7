import type { Observation } from '../ports/examination.ts';

/** How far one clock is ahead of another, as far as that can be told: between these, milliseconds; negative: behind. */
export interface ClockOffset {
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

/** Leases and retries do not compare clocks, so nothing breaks; but delays and ages are shown wrongly. */
const WARN_MS = 500;
/** From here on people read the wrong story out of times, and Kafka's retention begins to differ from what was meant. */
const FAIL_MS = 5_000;

const shown = (ms: number): string => `${ms >= 0 ? '+' : ''}${Math.round(ms)} ms`;

const MEND = 'let NTP or chrony set the clocks of both machines; no guarantee rests on them, but every shown time does';

/** `whose` is compared with `other`. The offset is only as bad as the least it must be. */
export const judgeClocks = (whose: string, other: string, { atLeastMs, atMostMs }: ClockOffset): Observation => {
  const surely = atLeastMs > 0 ? atLeastMs : atMostMs < 0 ? -atMostMs : 0;
  const says = `${whose}, compared with ${other}: between ${shown(atLeastMs)} and ${shown(atMostMs)}`;
  if (surely < WARN_MS) return { state: 'ok', says };
  return { state: surely < FAIL_MS ? 'warn' : 'fail', says, mend: MEND };
};
