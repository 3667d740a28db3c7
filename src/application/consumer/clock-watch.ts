import type { Clock } from '../ports/clock.ts';

/**
 * Notices a wall clock that was set back. The Kafka client sends a heartbeat once so much time has passed by the wall
 * clock, so a client that was there before sends none until the clock has caught up with where it stood, be it an hour,
 * and is put out of its group meanwhile without being told.
 */
export class ClockWatch {
  private offset: number;

  constructor(
    private readonly clock: Pick<Clock, 'now' | 'monotonic'>,
    /** What is set back by less is left alone, milliseconds. */
    private readonly toleranceMs: number,
  ) {
    this.offset = this.ahead();
  }

  /** By how much it was set back since the last look, milliseconds; undefined when it was not. */
  setBackMs(): number | undefined {
    const before = this.offset;
    this.offset = this.ahead();
    const byMs = before - this.offset;
    return byMs > this.toleranceMs ? Math.round(byMs) : undefined;
  }

  private ahead(): number {
    return this.clock.now() - this.clock.monotonic();
  }
}
