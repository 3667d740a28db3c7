import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Logger } from 'pino';
import { describeCause } from '../../application/describe-cause.ts';
import type { RelayObserver } from '../../application/ports/relay-observer.ts';
import type { OpenCircuit } from '../../application/ports/relay-views.ts';
import type { OutboxRecord } from '../../application/ports/relay-outbox.ts';

const aboutEvent = (record: OutboxRecord): Record<string, unknown> => ({
  eventId: record.eventId,
  orderId: record.orderKey,
  sequence: record.sequence,
  lane: record.lane,
});

/** What the relay does, as metrics and log lines. */
export class RelayTelemetry implements RelayObserver {
  private readonly relays: Gauge;
  private readonly laneShare: Gauge;
  private readonly lanesHeld: Gauge;
  private readonly laneEpoch: Gauge<'lane'>;
  private readonly publishedEvents: Counter;
  private readonly publishDelay: Histogram;
  private readonly failedAttempts: Counter;
  private readonly quarantinedEvents: Counter;
  private readonly circuitOpen: Gauge<'lane'>;
  private readonly failures: Counter<'activity'>;
  private readonly circuits = new Map<number, OpenCircuit>();

  constructor(
    registry: Registry,
    private readonly log: Logger,
  ) {
    const registers = [registry];
    this.relays = new Gauge({
      name: 'orderly_relay_members',
      help: 'Relays that are alive, as this one sees it.',
      registers,
    });
    this.laneShare = new Gauge({
      name: 'orderly_relay_lane_share',
      help: 'Lanes this relay is to lead; 0: it stands by.',
      registers,
    });
    this.lanesHeld = new Gauge({
      name: 'orderly_relay_lanes_held',
      help: 'Lanes whose lease this process holds, those it drains to give them back included.',
      registers,
    });
    this.laneEpoch = new Gauge({
      name: 'orderly_relay_lane_epoch',
      help: 'Epoch of the lease of a lane, while this process holds it.',
      labelNames: ['lane'],
      registers,
    });
    this.publishedEvents = new Counter({
      name: 'orderly_relay_published_events_total',
      help: 'Events acknowledged by the broker.',
      registers,
    });
    this.publishDelay = new Histogram({
      name: 'orderly_relay_publish_delay_seconds',
      help: 'From the event (clock of the API process) to its acknowledgement (clock of this process).',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10, 30, 60, 300],
      registers,
    });
    this.failedAttempts = new Counter({
      name: 'orderly_relay_failed_attempts_total',
      help: 'Attempts spent because the broker refused an event itself; an outage spends none.',
      registers,
    });
    this.quarantinedEvents = new Counter({
      name: 'orderly_relay_quarantined_events_total',
      help: 'Events given up after their seventh attempt.',
      registers,
    });
    this.circuitOpen = new Gauge({
      name: 'orderly_relay_circuit_open',
      help: '1 while the lane waits for the broker to come back.',
      labelNames: ['lane'],
      registers,
    });
    this.failures = new Counter({
      name: 'orderly_relay_failures_total',
      help: 'Failures of the relay itself, by what it was doing.',
      labelNames: ['activity'],
      registers,
    });
  }

  shareChanged(relays: number, share: number): void {
    this.relays.set(relays);
    this.laneShare.set(share);
    this.log.info({ relays, share }, share === 0 ? 'more relays than lanes, standing by' : 'lanes are shared');
  }

  laneTaken(lane: number, epoch: number): void {
    this.lanesHeld.inc();
    this.laneEpoch.set({ lane }, epoch);
    this.circuitOpen.set({ lane }, 0);
    this.log.info({ lane, epoch }, 'lane taken');
  }

  laneGivenBack(lane: number, epoch: number): void {
    this.laneEnded(lane);
    this.log.info({ lane, epoch }, 'lane given back');
  }

  laneLost(lane: number, epoch: number): void {
    this.laneEnded(lane);
    this.log.warn({ lane, epoch }, 'lane lost');
  }

  /** Circuits are the holder's: another one, or the next time, starts with a closed one. */
  private laneEnded(lane: number): void {
    this.lanesHeld.dec();
    this.laneEpoch.remove({ lane });
    this.circuitOpen.remove({ lane });
    this.circuits.delete(lane);
  }

  /** The circuits that are open now. */
  openCircuits(): readonly OpenCircuit[] {
    return [...this.circuits.values()];
  }

  published(_lane: number, records: readonly OutboxRecord[]): void {
    this.publishedEvents.inc(records.length);
    const now = Date.now();
    for (const record of records) this.publishDelay.observe(Math.max(0, now - Date.parse(record.occurredAt)) / 1_000);
  }

  attemptFailed(record: OutboxRecord, reason: string, retryAfterMs: number): void {
    this.failedAttempts.inc();
    this.log.warn({ ...aboutEvent(record), attempt: record.attempts + 1, reason, retryAfterMs }, 'attempt failed');
  }

  quarantined(record: OutboxRecord, reason: string): void {
    this.failedAttempts.inc();
    this.quarantinedEvents.inc();
    this.log.error({ ...aboutEvent(record), reason }, 'event quarantined; later events of its order are held');
  }

  circuitOpened(lane: number, reason: string): void {
    this.circuitOpen.set({ lane }, 1);
    this.circuits.set(lane, { lane, since: this.circuits.get(lane)?.since ?? new Date().toISOString(), reason });
    this.log.error({ lane, reason }, 'circuit opened: the broker does not take this lane, no attempts are spent');
  }

  circuitClosed(lane: number): void {
    this.circuitOpen.set({ lane }, 0);
    this.circuits.delete(lane);
    this.log.info({ lane }, 'circuit closed');
  }

  failed(activity: string, cause: unknown, lane?: number): void {
    this.failures.inc({ activity });
    this.log.error({ activity, lane, error: describeCause(cause) }, 'relay activity failed');
  }
}
