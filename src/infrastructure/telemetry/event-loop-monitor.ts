import { performance } from 'node:perf_hooks';

/** So many looks in a pause that counts. Each of them wakes an idle process. */
const LOOKS_IN_A_STALL = 4;
/** What withdraws readiness: a pause in which others take a process for dead; told for as long as a probe may take to ask. */
const NOT_READY = { stallMs: 2_000, rememberMs: 10_000 };

/** Notices when this process could not run for a while: a busy loop, a long collection, a stopped process. */
export class EventLoopMonitor {
  private readonly sampleMs: number;
  private timer: NodeJS.Timeout | undefined;
  private last = performance.now();
  private stall: { readonly endedAt: number; readonly ms: number } | undefined;

  constructor(
    private readonly options: {
      /** A pause of at least this many milliseconds is a stall; of one a quarter shorter it depends on when it begins. */
      readonly stallMs: number;
      /** How long a stall is remembered, milliseconds. */
      readonly rememberMs: number;
    } = NOT_READY,
  ) {
    this.sampleMs = options.stallMs / LOOKS_IN_A_STALL;
  }

  start(): void {
    this.last = performance.now();
    this.timer = setInterval(() => {
      this.sample();
    }, this.sampleMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Milliseconds of the last stall that is still remembered. */
  recentStallMs(): number | undefined {
    this.sample();
    if (this.stall === undefined || performance.now() - this.stall.endedAt > this.options.rememberMs) return undefined;
    return this.stall.ms;
  }

  /** A sentence for readiness; undefined when the loop ran of late. */
  problem(): string | undefined {
    const ms = this.recentStallMs();
    return ms === undefined ? undefined : `it was stalled for ${ms} ms`;
  }

  private sample(): void {
    const now = performance.now();
    const pause = now - this.last;
    if (pause >= this.options.stallMs) this.stall = { endedAt: now, ms: Math.round(pause) };
    this.last = now;
  }
}
