import * as E from 'fp-ts/lib/Either.js';
import { publisherWith } from '../../../application/ports/publisher-with.ts';
import type { Publisher } from '../../../application/ports/publisher.ts';
import type { Tracer } from '../../../application/ports/tracer.ts';
import { aboutTopic } from './messaging.ts';

/**
 * A publisher whose requests are spans. A request carries events of many orders, so it is a trace of its own, linked to
 * each of them; and in the trace of each order a span tells how long its event waited until it was acknowledged.
 * The records on the topic stay what they are: their context is the one they were created in.
 */
export const tracedPublisher = (publisher: Publisher, tracer: Tracer, topic: string): Publisher =>
  publisherWith(publisher, (lane, records) => async () => {
    const place = { ...aboutTopic(topic, 'send'), 'messaging.destination.partition.id': String(lane) };
    const request = tracer.start({
      name: `send ${topic}`,
      kind: 'client',
      parent: undefined,
      attributes: { ...place, 'messaging.batch.message_count': records.length },
      links: records.map(({ headers }) => headers['traceparent']),
    });
    const outcome = await publisher.publish(lane, records)();
    const failure = E.isLeft(outcome) ? { failure: `${outcome.left.kind}: ${outcome.left.reason}` } : {};
    request.end(failure);
    records.forEach((record, index) => {
      const waited = tracer.start({
        name: `publish ${topic}`,
        kind: 'producer',
        parent: record.headers['traceparent'],
        attributes: { ...place, 'messaging.message.id': record.eventId },
        links: [request.traceparent],
        startedAt: Date.parse(record.occurredAt),
      });
      const offset = E.isRight(outcome) ? { 'messaging.kafka.offset': outcome.right.baseOffset + index } : {};
      waited.end({ ...failure, attributes: offset });
    });
    return outcome;
  });
