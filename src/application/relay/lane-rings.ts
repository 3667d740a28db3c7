import type { Clock } from '../ports/clock.ts';

/** Looks that rings cause follow each other no faster in a lane, milliseconds, whoever rings and however often. */
const RING_GAP_MS = 5;

/**
 * Turns rings into looks: the first one at once; those that come within the gap after it into a single one at its end,
 * which sees all they stand for.
 */
export class LaneRings {
  /** When the gap after the last look of a lane ends, monotonic milliseconds. */
  private readonly gapEnds = new Map<number, number>();
  private readonly waiting = new Set<number>();

  constructor(
    private readonly clock: Pick<Clock, 'monotonic' | 'sleep'>,
    private readonly look: (lane: number) => void,
  ) {}

  ring(lane: number, stopping: AbortSignal): void {
    if (this.waiting.has(lane)) return;
    const gapMs = this.gapLeft(lane);
    if (gapMs > 0) void this.later(lane, gapMs, stopping);
    else this.now(lane);
  }

  /** True when a look was caused just now, or is about to be: what the lane has, a ring told of. */
  told(lane: number): boolean {
    return this.waiting.has(lane) || this.gapLeft(lane) > 0;
  }

  private gapLeft(lane: number): number {
    return (this.gapEnds.get(lane) ?? Number.NEGATIVE_INFINITY) - this.clock.monotonic();
  }

  private now(lane: number): void {
    this.gapEnds.set(lane, this.clock.monotonic() + RING_GAP_MS);
    this.look(lane);
  }

  private async later(lane: number, ms: number, stopping: AbortSignal): Promise<void> {
    this.waiting.add(lane);
    await this.clock.sleep(ms, stopping);
    this.waiting.delete(lane);
    if (!stopping.aborted) this.now(lane);
  }
}
