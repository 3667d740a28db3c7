import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { backoffMs } from './relay-policy.ts';
import type { RelaySettings } from './relay-settings.ts';
import { outageBackoff } from './relay-settings.ts';

export interface OutagePauseParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: RelaySettings;
}

/** Waits longer after each failure in a row. */
export class OutagePause {
  private failures = 0;

  constructor(private readonly parts: OutagePauseParts) {}

  succeeded(): void {
    this.failures = 0;
  }

  async failed(stopping: AbortSignal): Promise<void> {
    const { clock, random, settings } = this.parts;
    this.failures += 1;
    await clock.sleep(backoffMs(this.failures, outageBackoff(settings), random.next()), stopping);
  }
}
