import type { Clock } from '../ports/clock.ts';

/**
 * Lets pieces of work in one after the other, in the order in which they came, as long as each is quick; one that takes
 * longer than `patienceMs` no longer keeps the next one waiting.
 *
 * For work that grows while it waits, as batches do: while one is at work the next ones gather more records, and a
 * transaction of many costs little more than one of a few. Side by side, all would stay small and pay that price each
 * time. What waits for something else than the processor goes on side by side, after its `patienceMs`.
 */
export class TakeTurns {
  /** Resolves when the next one may begin. */
  private free: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Pick<Clock, 'sleep'>,
    private readonly patienceMs: number,
  ) {}

  /** Does `work` when its turn comes. */
  async run<A>(work: () => Promise<A>): Promise<A> {
    const turn = this.free;
    const over = new AbortController();
    this.free = turn.then(() => this.clock.sleep(this.patienceMs, over.signal));
    await turn;
    try {
      return await work();
    } finally {
      over.abort();
    }
  }
}
