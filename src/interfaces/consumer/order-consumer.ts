import * as E from 'fp-ts/lib/Either.js';
import type { EventRefused } from '../../application/consumer/subscription.ts';
import { CE_SOURCE } from '../contract/envelope.ts';
import { decodeOrderEvent, explainDecodeError } from '../contract/order-events.ts';
import type { EventDecodeError, OrderEventPayload, OrderEventType } from '../contract/order-events.ts';
import type { ConsumerDefinitionOf, EventContract, HandlerOf, HandlersOf, ReceivedOf } from './consumer-definition.ts';

/* What a consumer of orders declares. */

/** `ReceivedEvent` is any event of an order with its place, `ReceivedEvent<'OrderPaid'>` that one. */
export type ReceivedEvent<Type extends OrderEventType = OrderEventType> = ReceivedOf<OrderEventPayload, Type>;
export type EventHandler<Type extends OrderEventType = OrderEventType> = HandlerOf<OrderEventPayload, Type>;
export type EventHandlers = HandlersOf<OrderEventPayload>;
export type ConsumerDefinition = ConsumerDefinitionOf<OrderEventPayload>;

const causeOf: { readonly [Tag in EventDecodeError['_tag']]: EventRefused['cause'] } = {
  UnknownEventType: 'unknown-type',
  UnknownEventVersion: 'unknown-version',
  EventPayloadNotJson: 'invalid-event',
  EventUpcastFailed: 'invalid-event',
  InvalidEvent: 'invalid-event',
};

export const orderContract: EventContract<OrderEventPayload> = {
  source: CE_SOURCE,
  read: (encoded) =>
    E.mapLeft((error: EventDecodeError) => ({ cause: causeOf[error._tag], reason: explainDecodeError(error) }))(
      decodeOrderEvent(encoded),
    ),
};
