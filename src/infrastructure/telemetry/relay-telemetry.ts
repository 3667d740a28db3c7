import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Logger } from 'pino';
import { describeCause } from '../../application/describe-cause.ts';
import type { RelayObserver } from '../../application/ports/relay-observer.ts';
import type { OutboxRecord } from '../../application/ports/relay-outbox.ts';

const aboutEvent = (record: OutboxRecord): Record<string, unknown> => ({
  eventId: record.eventId,
  orderId: record.orderKey,
  sequence: record.sequence,
  lane: record.lane,
});

/** What the relay does, as metrics and log lines. */
export class RelayTelemetry implements RelayObserver {
  private readonly leaseHeld: Gauge;
  private readonly leaseEpoch: Gauge;
  private readonly publishedEvents: Counter;
  private readonly publishDelay: Histogram;
  private readonly failedAttempts: Counter;
  private readonly quarantinedEvents: Counter;
  private readonly circuitOpen: Gauge<'lane'>;
  private readonly failures: Counter<'activity'>;

  constructor(
    registry: Registry,
    private readonly log: Logger,
  ) {
    const registers = [registry];
    this.leaseHeld = new Gauge({
      name: 'orderly_relay_lease_held',
      help: '1 while this process holds the relay lease, else 0 (it stands by).',
      registers,
    });
    this.leaseEpoch = new Gauge({
      name: 'orderly_relay_lease_epoch',
      help: 'Epoch of the lease this process held last.',
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

  leaseChanged(held: boolean, epoch: number | undefined): void {
    this.leaseHeld.set(held ? 1 : 0);
    if (epoch !== undefined) this.leaseEpoch.set(epoch);
    // Circuits are the holder's: another one, or the next time, starts with all of them closed.
    this.circuitOpen.reset();
    this.log.info({ epoch }, held ? 'relay lease taken' : 'relay lease not held, standing by');
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
    this.log.error({ lane, reason }, 'circuit opened: the broker does not take this lane, no attempts are spent');
  }

  circuitClosed(lane: number): void {
    this.circuitOpen.set({ lane }, 0);
    this.log.info({ lane }, 'circuit closed');
  }

  failed(activity: string, cause: unknown): void {
    this.failures.inc({ activity });
    this.log.error({ activity, error: describeCause(cause) }, 'relay activity failed');
  }
}
