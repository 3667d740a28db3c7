import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Logger } from 'pino';
import { describeCause } from '../../application/describe-cause.ts';
import type { DoorbellObserver } from '../doorbell/doorbell-observer.ts';

/** What the doorbell does, as metrics; failures as log lines too. */
export class DoorbellTelemetry implements DoorbellObserver {
  private readonly sentRings: Counter;
  private readonly receivedRings: Counter;
  private readonly malformedRings: Counter;
  private readonly failures: Counter<'activity'>;

  constructor(
    registry: Registry,
    private readonly log: Logger,
  ) {
    const registers = [registry];
    this.sentRings = new Counter({
      name: 'orderly_doorbell_rings_sent_total',
      help: 'Datagrams that told a relay in another process of a commit; one may stand for many commits.',
      registers,
    });
    this.receivedRings = new Counter({
      name: 'orderly_doorbell_rings_received_total',
      help: 'Datagrams from other processes that told of a commit.',
      registers,
    });
    this.malformedRings = new Counter({
      name: 'orderly_doorbell_rings_malformed_total',
      help: 'Datagrams that were dropped: of another version or another number of lanes, or no rings at all.',
      registers,
    });
    this.failures = new Counter({
      name: 'orderly_doorbell_failures_total',
      help: 'What failed, by what it was doing; relays find by polling what they were not told.',
      labelNames: ['activity'],
      registers,
    });
  }

  sent(relays: number): void {
    this.sentRings.inc(relays);
  }

  received(): void {
    this.receivedRings.inc();
  }

  malformed(): void {
    this.malformedRings.inc();
  }

  failed(activity: string, cause: unknown): void {
    this.failures.inc({ activity });
    this.log.warn({ activity, error: describeCause(cause) }, 'doorbell failed; relays poll');
  }
}
