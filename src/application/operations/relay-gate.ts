import type { Readiness } from './readiness.ts';

/** A relay as the gate drives it. */
export interface GatedRelay {
  start(): void;
  wake(lane?: number): void;
  stop(deadlineMs: number): Promise<void>;
}

/**
 * Runs a relay while the readiness checks admit work: starts it once they have passed, stops it when one finds
 * something set up wrongly (a changed partition count, say), and starts a new one when that is mended.
 */
export class RelayGate {
  private relay: GatedRelay | undefined;
  private open = false;
  /** Starts and stops, one after the other. */
  private turns: Promise<void> = Promise.resolve();

  constructor(
    private readonly readiness: Pick<Readiness, 'admits' | 'onChange'>,
    private readonly makeRelay: () => GatedRelay,
    private stopDeadlineMs: number,
  ) {}

  start(): void {
    this.open = true;
    this.readiness.onChange(() => {
      this.adjust();
    });
    this.adjust();
  }

  /** Nothing happens while no relay runs: it looks for work when it starts. */
  wake(lane?: number): void {
    this.relay?.wake(lane);
  }

  /** Ends for good; resolves when the relay has stopped, at the latest after `deadlineMs`. */
  stop(deadlineMs: number): Promise<void> {
    this.open = false;
    this.stopDeadlineMs = deadlineMs;
    this.adjust();
    return this.turns;
  }

  private adjust(): void {
    this.turns = this.turns.then(() => this.turn());
  }

  private async turn(): Promise<void> {
    const wanted = this.open && this.readiness.admits();
    if (wanted && this.relay === undefined) {
      this.relay = this.makeRelay();
      this.relay.start();
    } else if (!wanted && this.relay !== undefined) {
      const { relay } = this;
      this.relay = undefined;
      await relay.stop(this.stopDeadlineMs);
    }
  }
}
