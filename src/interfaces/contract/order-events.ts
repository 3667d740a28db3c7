import type { Either } from 'fp-ts/lib/Either.js';
import type { OrderEvent } from '../../domain/order/events/catalog.ts';
import { decodeEvent } from '../../domain/order/events/codec.ts';
import type { EventDecodeError } from '../../domain/order/events/codec.ts';
import type { Envelope } from './envelope.ts';
import { problemText, validationProblems } from './validation-errors.ts';

/* The events on the topic, as consumers import them. */
export type { OrderEvent, OrderEventPayload, OrderEventType } from '../../domain/order/events/catalog.ts';
export type { EventDecodeError } from '../../domain/order/events/codec.ts';

export type EncodedOrderEvent = Pick<Envelope, 'type' | 'version' | 'occurredAt' | 'payload'>;

/** The event an envelope carries, brought up to today's version. Fields it does not know are dropped. */
export const decodeOrderEvent = (envelope: EncodedOrderEvent): Either<EventDecodeError, OrderEvent> =>
  decodeEvent(envelope);

/** Why an event could not be read, in one line. Holds no long value of the event. */
export const explainDecodeError = (error: EventDecodeError): string => {
  switch (error._tag) {
    case 'UnknownEventType':
      return `the event type ${error.type.slice(0, 80)} is not known`;
    case 'UnknownEventVersion':
      return `version ${error.version} of ${error.type} is not known, only 1 to ${error.newest}`;
    case 'EventPayloadNotJson':
      return `the payload of ${error.type} is not JSON`;
    case 'EventUpcastFailed':
      return `the payload of ${error.type} is no valid version ${error.fromVersion}`;
    case 'InvalidEvent': {
      const [first, ...others] = validationProblems(error.errors).map((problem) => problemText(problem, 'the event'));
      const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
      return `the event is no valid ${error.type}: ${first ?? 'no reason given'}${more}`;
    }
  }
};
