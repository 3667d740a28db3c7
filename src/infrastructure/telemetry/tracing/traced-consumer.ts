import * as E from 'fp-ts/lib/Either.js';
import type { EventEffect, Subscription } from '../../../application/consumer/subscription.ts';
import type { IncomingEvent } from '../../../application/ports/consumed-record.ts';
import type { CallbackPoster } from '../../../application/ports/consumer-callbacks.ts';
import type { Tracer } from '../../../application/ports/tracer.ts';
import { aboutTopic } from './messaging.ts';

/** The effect of an event as a span of the trace that the event was created in; its callbacks carry that on. */
const tracedEffect =
  (effect: EventEffect, event: IncomingEvent, group: string, tracer: Tracer): EventEffect =>
  (tx) =>
  async () => {
    const { topic, partition, offset } = event.source;
    const span = tracer.start({
      name: `process ${topic}`,
      kind: 'consumer',
      parent: event.headers['traceparent'],
      attributes: {
        ...aboutTopic(topic, 'process'),
        'messaging.destination.partition.id': String(partition),
        'messaging.kafka.offset': offset,
        'messaging.message.id': event.eventId,
        'messaging.consumer.group.name': group,
        'orderly.event.type': event.type,
      },
    });
    const outcome = await effect(tx)();
    span.end(E.isLeft(outcome) ? { failure: outcome.left._tag } : {});
    if (E.isLeft(outcome)) return outcome;
    const { traceparent } = span;
    return E.right(outcome.right.map((requested) => ({ ...requested, origin: { ...requested.origin, traceparent } })));
  };

export const tracedSubscription = (subscription: Subscription, group: string, tracer: Tracer): Subscription => ({
  prepare: (event) => {
    const prepared = subscription.prepare(event);
    return E.isLeft(prepared) ? prepared : E.right(tracedEffect(prepared.right, event, group, tracer));
  },
});

/** Each attempt is a span; the other side goes on from it. */
export const tracedPoster = (poster: CallbackPoster, tracer: Tracer): CallbackPoster => ({
  post: (callback) => async () => {
    const span = tracer.start({
      name: callback.method,
      kind: 'client',
      parent: callback.traceparent,
      attributes: {
        'http.request.method': callback.method,
        'http.request.resend_count': callback.attempts - 1,
        'orderly.callback': callback.name,
      },
    });
    const answer = await poster.post({ ...callback, traceparent: span.traceparent })();
    if (E.isLeft(answer)) span.end({ failure: answer.left._tag });
    else {
      const { status } = answer.right;
      const attributes = { 'http.response.status_code': status };
      span.end({ attributes, failure: status >= 400 ? String(status) : undefined });
    }
    return answer;
  },
});
