import type { Clock } from '../../application/ports/clock.ts';

/** Resolves at its time, or at once when its signal aborts. */
interface Sleeper {
  readonly wakesAt: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: () => void;
}

/**
 * Lets everything run that waits for nothing but other code: from within a promise job, Node comes to the next tick
 * only when no promise job is left. It is many times cheaper than a turn of the event loop, which nothing on this
 * clock may wait for.
 */
const settle = (): Promise<void> =>
  new Promise((resolve) => {
    queueMicrotask(() => {
      process.nextTick(resolve);
    });
  });

/**
 * A clock that moves only when told. Sleepers wake in the order of their times, and whatever they set going
 * runs to its next sleep before time moves on, so a run with the same inputs is always the same run.
 */
export class VirtualClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();
  /** Who sleeps until a signal. Each signal is listened to once: to be added and removed as a listener costs more than a sleep. */
  private readonly bySignal = new WeakMap<AbortSignal, Set<Sleeper>>();
  private elapsed = 0;
  private wallOffset: number;

  /** `startedAt`: wall clock at the start, milliseconds since 1970. */
  constructor(startedAt = Date.UTC(2026, 0, 1)) {
    this.wallOffset = startedAt;
  }

  now(): number {
    return this.wallOffset + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  /** The wall clock jumps, forward or back; the monotonic one does not. */
  jumpWallClock(ms: number): void {
    this.wallOffset += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const sleeper = { wakesAt: this.elapsed + Math.max(0, ms), signal, resolve };
      this.sleepers.add(sleeper);
      if (signal !== undefined) this.sleepersUntil(signal).add(sleeper);
    });
  }

  /** Moves time on by `ms`, waking every sleeper that is due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.elapsed + ms;
    await this.advanceUntil(() => false, end);
    this.elapsed = end;
  }

  /** Moves from sleeper to sleeper until `done`, at most `limitMs` ahead. True when `done`. */
  async runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    return this.advanceUntil(done, this.elapsed + limitMs);
  }

  private async advanceUntil(done: () => boolean, end: number): Promise<boolean> {
    await settle();
    while (!done()) {
      const next = this.earliest();
      if (next === undefined || next.wakesAt > end) return false;
      this.elapsed = Math.max(this.elapsed, next.wakesAt);
      this.wake(next);
      await settle();
    }
    return true;
  }

  private sleepersUntil(signal: AbortSignal): Set<Sleeper> {
    const known = this.bySignal.get(signal);
    if (known !== undefined) return known;
    const sleepers = new Set<Sleeper>();
    this.bySignal.set(signal, sleepers);
    signal.addEventListener('abort', () => {
      for (const sleeper of sleepers) this.wake(sleeper);
    });
    return sleepers;
  }

  private wake(sleeper: Sleeper): void {
    this.sleepers.delete(sleeper);
    if (sleeper.signal !== undefined) this.bySignal.get(sleeper.signal)?.delete(sleeper);
    sleeper.resolve();
  }

  private earliest(): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.sleepers)
      if (earliest === undefined || sleeper.wakesAt < earliest.wakesAt) earliest = sleeper;
    return earliest;
  }
}
