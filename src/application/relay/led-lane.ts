import type { HeldLease } from './held-lease.ts';
import { LanePump } from './lane-pump.ts';
import type { LanePumpParts, Look } from './lane-pump.ts';

/** A lane whose lease this relay was given, until nothing of it is in flight any more. */
export class LedLane {
  private readonly draining = new AbortController();
  private readonly pump: LanePump;

  constructor(
    readonly lane: number,
    readonly held: HeldLease,
    parts: Omit<LanePumpParts, 'stopping'>,
  ) {
    this.pump = new LanePump(lane, held, { ...parts, stopping: this.draining.signal });
  }

  /** False once the lane is drained or its lease lost: then it only finishes what is in flight. */
  get leads(): boolean {
    return !this.draining.signal.aborted && !this.held.lost;
  }

  /** Looks for work in the lane. True when it was started. */
  start(look: Look): boolean {
    return this.leads && this.pump.start(look);
  }

  /** Begins nothing new in this lane. */
  drain(): void {
    this.draining.abort();
  }

  /** Resolves when the lane was drained or lost, and nothing of it is in flight. */
  async ended(): Promise<void> {
    const signals = [this.draining.signal, this.held.signal];
    // Not AbortSignal.any: Node keeps what listens to that until it aborts, and a relay that is thrown away never does.
    if (!signals.some(({ aborted }) => aborted))
      await new Promise<void>((resolve) => {
        for (const signal of signals) signal.addEventListener('abort', () => resolve(), { once: true });
      });
    await this.pump.idle();
  }
}
