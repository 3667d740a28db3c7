import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Clock } from '../../application/ports/clock.ts';
import type { Publisher, Published, PublishFailure } from '../../application/ports/publisher.ts';
import type { OutboxRecord } from '../../application/ports/relay-outbox.ts';

/** A publisher whose requests are timed, by what came of them. It changes nothing else. */
export class MeasuredPublisher implements Publisher {
  private readonly requests: Histogram<'outcome'>;

  constructor(
    private readonly publisher: Publisher,
    registry: Registry,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {
    this.requests = new Histogram({
      name: 'orderly_relay_produce_request_seconds',
      help: 'Time of requests to the broker: acknowledged; event: refused for its content; outage; unknown.',
      labelNames: ['outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    });
    for (const outcome of ['acknowledged', 'event', 'outage', 'unknown']) this.requests.zero({ outcome });
  }

  publish(lane: number, records: readonly OutboxRecord[]): TaskEither<PublishFailure, Published> {
    return async () => {
      const startedAt = this.clock.monotonic();
      const took = (outcome: string): void => {
        this.requests.observe({ outcome }, (this.clock.monotonic() - startedAt) / 1_000);
      };
      return pipe(
        this.publisher.publish(lane, records),
        TE.tapIO(() => () => took('acknowledged')),
        TE.mapLeft((failure) => {
          took(failure.kind);
          return failure;
        }),
      )();
    };
  }

  sizeOf(record: OutboxRecord): number {
    return this.publisher.sizeOf(record);
  }

  maxBatchBytes(): number {
    return this.publisher.maxBatchBytes();
  }

  refreshLimits(): TaskEither<PublishFailure, void> {
    return this.publisher.refreshLimits();
  }
}
