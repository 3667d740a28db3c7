import type { Clock } from '../ports/clock.ts';
import type { Lease } from '../ports/relay-lease.ts';

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
    private readonly leaseMs: number,
    private readonly clock: Pick<Clock, 'monotonic'>,
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

  /** `sentAt`: monotonic time before the renewal was sent. */
  renewed(sentAt: number): void {
    this.askedAt = sentAt;
  }

  /** True when something that takes `durationMs` at most ends before the lease does. */
  covers(durationMs: number): boolean {
    return !this.lost && this.clock.monotonic() + durationMs < this.askedAt + this.leaseMs;
  }
}
