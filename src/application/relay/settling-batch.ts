import type { Batch } from './batches.ts';

const NONE: ReadonlySet<number> = new Set();
const ignored = (): void => undefined;

/** The one batch of a lane that the broker has acknowledged and that is settled while the next one is under way. */
export class SettlingBatch {
  private ids = NONE;
  private done: Promise<boolean> = Promise.resolve(true);

  /** Rows of the batch; a claim leaves them out. None when nothing is being settled. */
  get rows(): ReadonlySet<number> {
    return this.ids;
  }

  /** The one before must have finished. `settle` answers false when the lease was lost. */
  begin(batch: Batch, settle: () => Promise<boolean>): void {
    this.ids = new Set(batch.map(({ id }) => id));
    this.done = settle();
    // Whoever waits for it is told; until somebody does, it is no unhandled rejection.
    this.done.catch(ignored);
  }

  /** Resolves when it has ended, however it did; `finished` then tells. */
  async ended(): Promise<void> {
    await this.done.then(ignored, ignored);
  }

  /** Waits for it. False when the lease was lost. */
  async finished(): Promise<boolean> {
    const { done } = this;
    try {
      return await done;
    } finally {
      this.ids = NONE;
      this.done = Promise.resolve(true);
    }
  }
}
