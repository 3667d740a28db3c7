import { isRight } from 'fp-ts/lib/Either.js';
import type { Clock } from '../ports/clock.ts';
import type { Lease, RelayLeases } from '../ports/relay-lease.ts';
import type { RelayObserver } from '../ports/relay-observer.ts';
import type { RelaySettings } from './relay-settings.ts';
import { renewEveryMs } from './relay-settings.ts';

export interface HeldLeaseParts {
  readonly leases: RelayLeases;
  readonly clock: Clock;
  readonly observer: RelayObserver;
  readonly settings: RelaySettings;
}

/**
 * A lease this process was given, as it judges it itself: by the monotonic clock, from before each renewal was
 * sent, so it believes the lease expired before the database does. An expired lease only stops new publishes;
 * it is lost when the database says so, and until then what was published may still be settled.
 */
export class HeldLease {
  private readonly over = new AbortController();

  /** `askedAt`: monotonic time before the lease was asked for. */
  constructor(
    readonly lease: Lease,
    private askedAt: number,
    private readonly parts: HeldLeaseParts,
  ) {}

  /** Aborted once the lease is lost or given up. Nothing may be settled under it any more. */
  get signal(): AbortSignal {
    return this.over.signal;
  }

  get lost(): boolean {
    return this.over.signal.aborted;
  }

  lose(): void {
    this.over.abort();
  }

  /** True when something that takes `durationMs` at most ends before the lease does. */
  covers(durationMs: number): boolean {
    const { clock, settings } = this.parts;
    return !this.lost && clock.monotonic() + durationMs < this.askedAt + settings.leaseMs;
  }

  /** Renews until the lease is lost or `ended` aborts. Never rejects. */
  async keep(ended: AbortSignal): Promise<void> {
    const { clock, observer, settings } = this.parts;
    const done = AbortSignal.any([this.signal, ended]);
    const pause = renewEveryMs(settings);
    let due = pause;
    for (;;) {
      await clock.sleep(due, done);
      if (done.aborted) return;
      try {
        due = (await this.renew()) ? pause : pause / 4;
      } catch (cause) {
        observer.failed('renew the relay lease', cause);
        due = pause / 4;
      }
    }
  }

  private async renew(): Promise<boolean> {
    const { leases, clock, observer, settings } = this.parts;
    const sentAt = clock.monotonic();
    const outcome = await leases.renew(this.lease, settings.leaseMs)();
    if (isRight(outcome)) {
      this.askedAt = sentAt;
      return true;
    }
    if (outcome.left._tag === 'LeaseLost') this.lose();
    else observer.failed('renew the relay lease', outcome.left);
    return false;
  }
}
