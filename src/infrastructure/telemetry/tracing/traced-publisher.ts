import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Publisher, Published, PublishFailure } from '../../../application/ports/publisher.ts';
import type { OutboxRecord } from '../../../application/ports/relay-outbox.ts';
import type { Tracer } from '../../../application/ports/tracer.ts';
import { aboutTopic } from './messaging.ts';

/**
 * A publisher whose requests are spans. A request carries events of many orders, so it is a trace of its own, linked to
 * each of them; and in the trace of each order a span tells how long its event waited until it was acknowledged.
 * The records on the topic stay what they are: their context is the one they were created in.
 */
export class TracedPublisher implements Publisher {
  constructor(
    private readonly publisher: Publisher,
    private readonly tracer: Tracer,
    private readonly topic: string,
  ) {}

  publish(lane: number, records: readonly OutboxRecord[]): TaskEither<PublishFailure, Published> {
    return async () => {
      const place = { ...aboutTopic(this.topic, 'send'), 'messaging.destination.partition.id': String(lane) };
      const request = this.tracer.start({
        name: `send ${this.topic}`,
        kind: 'client',
        parent: undefined,
        attributes: { ...place, 'messaging.batch.message_count': records.length },
        links: records.map(({ headers }) => headers['traceparent']),
      });
      const outcome = await this.publisher.publish(lane, records)();
      const failure = E.isLeft(outcome) ? { failure: `${outcome.left.kind}: ${outcome.left.reason}` } : {};
      request.end(failure);
      records.forEach((record, index) => {
        const waited = this.tracer.start({
          name: `publish ${this.topic}`,
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
