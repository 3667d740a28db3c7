import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Clock } from '../../application/ports/clock.ts';
import { publisherWith } from '../../application/ports/publisher-with.ts';
import type { Publisher } from '../../application/ports/publisher.ts';

/** A publisher whose requests are timed, by what came of them. It changes nothing else. */
export const measuredPublisher = (
  publisher: Publisher,
  registry: Registry,
  clock: Pick<Clock, 'monotonic'>,
): Publisher => {
  const requests = new Histogram({
    name: 'orderly_relay_produce_request_seconds',
    help: 'Time of requests to the broker: acknowledged; event: refused for its content; outage; unknown.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  for (const outcome of ['acknowledged', 'event', 'outage', 'unknown']) requests.zero({ outcome });
  return publisherWith(publisher, (lane, records) => async () => {
    const startedAt = clock.monotonic();
    const took = (outcome: string): void => {
      requests.observe({ outcome }, (clock.monotonic() - startedAt) / 1_000);
    };
    return pipe(
      publisher.publish(lane, records),
      TE.tapIO(() => () => took('acknowledged')),
      TE.mapLeft((failure) => {
        took(failure.kind);
        return failure;
      }),
    )();
  });
};
