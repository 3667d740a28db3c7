import type { Clock } from '../ports/clock.ts';
import type { PublishFailure } from '../ports/publisher.ts';
import type { Random } from '../ports/random.ts';
import type { RelayObserver } from '../ports/relay-observer.ts';
import type { OutboxRecord } from '../ports/relay-outbox.ts';
import type { Batch } from './batches.ts';
import { describeFailure } from './describe-failure.ts';
import type { CircuitPhase } from './relay-policy.ts';
import { CLOSED, circuitAfterOutage, phaseOf } from './relay-policy.ts';
import type { RelaySettings } from './relay-settings.ts';
import { outageBackoff } from './relay-settings.ts';
import type { Doubt, Suspects } from './suspects.ts';
import { NO_SUSPECTS, confirmedDoubts, withSuspect, withoutSuspects } from './suspects.ts';

export interface LaneHealthParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: RelayObserver;
  readonly settings: RelaySettings;
}

/** What a lane remembers of its failures. In memory only: a new holder of the lease starts with a closed circuit. */
export class LaneHealth {
  private circuit = CLOSED;
  suspects: Suspects = NO_SUSPECTS;

  constructor(
    private readonly lane: number,
    private readonly parts: LaneHealthParts,
  ) {}

  phase(): CircuitPhase {
    return phaseOf(this.circuit, this.parts.clock.monotonic());
  }

  /** Nothing of the lane has failed since it last got through. */
  isWell(): boolean {
    return this.circuit._tag === 'Closed' && this.suspects.size === 0;
  }

  /** When the lane may send again, monotonic milliseconds. */
  openUntil(): number {
    return this.circuit._tag === 'Open' ? this.circuit.until : Number.NEGATIVE_INFINITY;
  }

  /** The broker stored a batch. Gives the doubts about other orders that this turns into attempts. */
  succeeded(batch: Batch): readonly Doubt[] {
    const { clock, observer } = this.parts;
    if (this.circuit._tag === 'Open') observer.circuitClosed(this.lane);
    this.circuit = CLOSED;
    const orderKeys = new Set(batch.map(({ orderKey }) => orderKey));
    const confirmed = confirmedDoubts(this.suspects, orderKeys, clock.monotonic());
    this.suspects = withoutSuspects(this.suspects, [...orderKeys, ...confirmed.map(({ record }) => record.orderKey)]);
    return confirmed;
  }

  /** A record sent alone failed, by an outage or for an unknown reason. */
  failedAlone(record: OutboxRecord, failure: PublishFailure): void {
    const { clock, random, settings } = this.parts;
    const now = clock.monotonic();
    const doubt = failure.kind === 'unknown' ? { record, error: describeFailure(failure), at: now } : undefined;
    const backoff = outageBackoff(settings);
    this.suspects = withSuspect(this.suspects, record.orderKey, now, doubt, backoff, random.next());
  }

  /** The event itself was refused, or settled otherwise: its order is no suspect any more. */
  cleared(orderKey: string): void {
    this.suspects = withoutSuspects(this.suspects, [orderKey]);
  }

  outage(failure: PublishFailure): void {
    const { clock, random, observer, settings } = this.parts;
    const wasClosed = this.circuit._tag === 'Closed';
    this.circuit = circuitAfterOutage(this.circuit, clock.monotonic(), outageBackoff(settings), random.next());
    if (wasClosed) observer.circuitOpened(this.lane, failure.reason);
  }
}
