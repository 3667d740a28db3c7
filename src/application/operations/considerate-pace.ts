import type { Clock } from '../ports/clock.ts';
import type { Pace } from './pace.ts';

export interface ConsiderateSettings {
  /** No chunk takes more. */
  readonly mostRows: number;
  /** The first chunk; also how few rows a chunk may come down to. */
  readonly leastRows: number;
  /** What a chunk should take, milliseconds: so long, about, does it take from the server in one piece. */
  readonly chunkMs: number;
  /** Rest after each chunk, as a multiple of the time it took. */
  readonly restFactor: number;
  /** Longest rest, milliseconds. */
  readonly mostRestMs: number;
}

/**
 * At most a third of the time of one connection, in pieces of about a quarter of a second: thousands of rows a second
 * where nothing else is done, and fewer by itself where the server is busy, since its chunks then take longer. Each chunk
 * has a cost of its own, some ten round trips and a COMMIT, so smaller ones would cost more and remove less.
 */
export const CONSIDERATE: ConsiderateSettings = {
  mostRows: 1_000,
  leastRows: 100,
  chunkMs: 250,
  restFactor: 2,
  mostRestMs: 5_000,
};

/** A chunk grows or shrinks by no more than this at once: one slow answer is not yet a slow server. */
const MOST_CHANGE = 2;

/**
 * The pace of something that has all the time in the world beside others that have none. It measures what a chunk took
 * (from one `next` to the following) and fits the next one to `chunkMs`; then it rests. Ends when `signal` aborts.
 */
export class ConsideratePace implements Pace {
  private rows: number;
  private begunAt: number | undefined;

  constructor(
    private readonly clock: Pick<Clock, 'monotonic' | 'sleep'>,
    private readonly signal: AbortSignal,
    private readonly settings: ConsiderateSettings = CONSIDERATE,
  ) {
    this.rows = settings.leastRows;
  }

  async next(): Promise<number> {
    if (this.begunAt !== undefined) await this.rest(this.clock.monotonic() - this.begunAt);
    this.begunAt = this.clock.monotonic();
    return this.signal.aborted ? 0 : this.rows;
  }

  private async rest(tookMs: number): Promise<void> {
    const { leastRows, mostRows, chunkMs, restFactor, mostRestMs } = this.settings;
    const fit = Math.min(MOST_CHANGE, Math.max(1 / MOST_CHANGE, chunkMs / tookMs));
    this.rows = Math.min(mostRows, Math.max(leastRows, Math.floor(this.rows * fit)));
    await this.clock.sleep(Math.min(mostRestMs, tookMs * restFactor), this.signal);
  }
}
