import * as E from 'fp-ts/lib/Either.js';
import type { Logger } from 'pino';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { describeCause } from '../../application/describe-cause.ts';
import type { IncomingEvent } from '../../application/ports/consumed-record.ts';
import type { StoredCallback } from '../../application/ports/consumer-callbacks.ts';
import type { ConsumerObserver } from '../../application/ports/consumer-observer.ts';
import type { ConsumerProgress, ConsumerStats } from '../../application/ports/consumer-progress.ts';

const PREFIX = 'orderly_consumer_';
const aboutEvent = (event: IncomingEvent): Record<string, unknown> => ({
  eventId: event.eventId,
  orderId: event.orderId,
  sequence: event.sequence,
  lane: event.source.partition,
});
const aboutCallback = (callback: StoredCallback): Record<string, unknown> => ({
  eventId: callback.eventId,
  orderId: callback.orderId,
  activity: `callback ${callback.name}`,
  attempt: callback.attempts,
});

/** The cause of one of our tagged errors is what went wrong; its tag says what could not be done. */
const reasonOf = (cause: unknown): string => {
  if (typeof cause === 'object' && cause !== null && '_tag' in cause && 'cause' in cause)
    return `${String(cause._tag)} <- ${describeCause(cause.cause)}`;
  return describeCause(cause);
};

const RESTARTS = {
  crash: { counter: 'crashes', says: 'the Kafka client ended: making a new one' },
  stall: { counter: 'stalls', says: 'standing still with lag' },
  clock: { counter: 'clocks', says: 'the wall clock was set back: making a new Kafka client' },
} as const;

/** What a consumer does, as metrics and log lines. Lines carry IDs and reasons, never payloads. */
export class ConsumerTelemetry implements ConsumerObserver {
  private readonly counters: Record<CounterName, Counter>;
  private readonly callbacks: Counter<'outcome'>;
  private readonly delay: Histogram;

  constructor(
    registry: Registry,
    private readonly log: Logger,
  ) {
    const counter = (name: string, help: string): Counter =>
      new Counter({ name: `${PREFIX}${name}_total`, help, registers: [registry] });
    this.counters = {
      applied: counter('applied', 'Events applied, skips included.'),
      duplicates: counter('duplicates', 'Events dropped because they were applied before.'),
      gaps: counter('gaps', 'Events stored because an earlier one of their order is missing.'),
      held: counter('held', 'Events stored because their order is parked.'),
      parked: counter('parked', 'Times an order, or a record without an order, was parked.'),
      handlerFailures: counter('handler_failures', 'Attempts of handlers that failed.'),
      pauses: counter('pauses', 'Times a partition was paused because of an outage.'),
      crashes: counter('restarts_after_crash', 'Times the Kafka client ended by itself and was made anew.'),
      stalls: counter('watchdog_restarts', 'Times the Kafka client stood still with lag and was made anew.'),
      clocks: counter(
        'restarts_after_clock_set_back',
        'Times the Kafka client was made anew after the wall clock was set back.',
      ),
      offsetsLost: counter('offset_out_of_range', 'Times the offset to go on from did not exist any more.'),
      failures: counter('failures', 'Activities that failed and will be tried again.'),
    };
    this.callbacks = new Counter({
      name: `${PREFIX}callbacks_total`,
      help: 'Answers to callbacks: delivered (2xx), retried (none, or one that may pass), refused (final).',
      labelNames: ['outcome'],
      registers: [registry],
    });
    for (const outcome of ['delivered', 'retried', 'refused']) this.callbacks.inc({ outcome }, 0);
    this.delay = new Histogram({
      name: `${PREFIX}event_age_seconds`,
      help: 'From the time the event occurred, on its service’s clock, to the moment it was applied here.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers: [registry],
    });
  }

  applied(event: IncomingEvent): void {
    this.counters.applied.inc();
    const age = (Date.now() - Date.parse(event.occurredAt)) / 1_000;
    if (age >= 0) this.delay.observe(age);
    this.log.debug(aboutEvent(event), 'applied');
  }
  duplicate(event: IncomingEvent): void {
    this.counters.duplicates.inc();
    this.log.debug(aboutEvent(event), 'dropped a duplicate');
  }
  held(event: IncomingEvent, because: 'gap' | 'parked'): void {
    this.counters[because === 'gap' ? 'gaps' : 'held'].inc();
    const message = because === 'gap' ? 'an earlier event is missing: stored' : 'the order is parked: stored';
    this.log.warn(aboutEvent(event), message);
  }
  parked(orderId: string | null, reason: string): void {
    this.counters.parked.inc();
    this.log.error({ orderId, reason }, orderId === null ? 'parked a record without an order' : 'parked an order');
  }
  handlerFailed(event: IncomingEvent, attempt: number, cause: unknown): void {
    this.counters.handlerFailures.inc();
    this.log.warn({ ...aboutEvent(event), attempt, error: describeCause(cause) }, 'a handler failed');
  }
  paused(partition: number, cause: unknown): void {
    this.counters.pauses.inc();
    this.log.warn({ lane: partition, error: reasonOf(cause) }, 'paused a partition until the outage is over');
  }
  resumed(partition: number): void {
    this.log.info({ lane: partition }, 'the partition goes on');
  }
  callbackDelivered(callback: StoredCallback): void {
    this.callbacks.inc({ outcome: 'delivered' });
    this.log.debug(aboutCallback(callback), 'delivered a callback');
  }
  callbackRetried(callback: StoredCallback, reason: string, delayMs: number): void {
    this.callbacks.inc({ outcome: 'retried' });
    this.log.warn({ ...aboutCallback(callback), reason, retryAfterMs: delayMs }, 'a callback will be sent again');
  }
  callbackRefused(callback: StoredCallback, status: number): void {
    this.callbacks.inc({ outcome: 'refused' });
    this.log.info({ ...aboutCallback(callback), status }, 'a callback was refused');
  }
  restarted(because: 'crash' | 'stall' | 'clock', detail: unknown): void {
    const { counter, says } = RESTARTS[because];
    this.counters[counter].inc();
    this.log.error({ error: because === 'crash' ? reasonOf(detail) : JSON.stringify(detail) }, says);
  }
  offsetOutOfRange(partition: number, reason: string): void {
    this.counters.offsetsLost.inc();
    this.log.error({ lane: partition, reason }, 'offset out of range: records are lost, or the topic is another one');
  }
  failed(activity: string, cause: unknown): void {
    this.counters.failures.inc();
    this.log.error({ activity, error: reasonOf(cause) }, 'failed, and will be tried again');
  }
}

type CounterName =
  | 'applied'
  | 'duplicates'
  | 'gaps'
  | 'held'
  | 'parked'
  | 'handlerFailures'
  | 'pauses'
  | 'crashes'
  | 'stalls'
  | 'clocks'
  | 'offsetsLost'
  | 'failures';

export interface ConsumerGauges {
  readonly progress: ConsumerProgress;
  readonly pausedPartitions: () => number;
  readonly lag: () => number;
  readonly joined: () => boolean;
}

/** Gauges read at scrape time. What cannot be read then is absent: not stale and not zero. */
export const registerConsumerGauges = (registry: Registry, gauges: ConsumerGauges): void => {
  const gauge = (name: string, help: string, read: () => Promise<number | undefined> | number): void => {
    new Gauge({
      name: `${PREFIX}${name}`,
      help,
      labelNames: [],
      registers: [registry],
      async collect() {
        const value = await read();
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  };
  const stat = (name: string, help: string, pick: (stats: ConsumerStats) => number): void => {
    gauge(name, help, async () => {
      const stats = await gauges.progress.stats()();
      return E.isRight(stats) ? pick(stats.right) : undefined;
    });
  };
  gauge('paused_partitions', 'Partitions paused because of an outage.', gauges.pausedPartitions);
  gauge('group_joined', '1 while this process is a member of its group.', () => (gauges.joined() ? 1 : 0));
  gauge('lag_records', 'Records of this member’s partitions not yet processed.', gauges.lag);
  stat('parked_orders', 'Orders that are parked.', ({ parkedOrders }) => parkedOrders);
  stat('parked_records', 'Records parked for themselves.', ({ parkedRecords }) => parkedRecords);
  stat('gap_orders', 'Orders that wait for a missing event.', ({ gapOrders }) => gapOrders);
  stat('waiting_events', 'Events stored and not applied.', ({ waitingEvents }) => waitingEvents);
  stat('callbacks_pending', 'Callbacks not yet answered for good.', ({ pendingCallbacks }) => pendingCallbacks);
};
