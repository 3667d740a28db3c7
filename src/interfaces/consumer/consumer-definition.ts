import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { HandlerContext } from '../../application/consumer/run-handler.ts';
import type { EventRefused } from '../../application/consumer/subscription.ts';
import type { FinalAnswer, StoredCallback } from '../../application/ports/consumer-callbacks.ts';
import type { IncomingEvent } from '../../application/ports/consumed-record.ts';
import { decodeOrderEvent, explainDecodeError } from '../contract/order-events.ts';
import type { EventDecodeError, OrderEvent, OrderEventType } from '../contract/order-events.ts';

/** An event of the contract with its place: who it is, whose it is, and the how-manieth of its order. */
export type ReceivedEvent<Type extends OrderEventType = OrderEventType> = OrderEvent<Type> & {
  readonly eventId: string;
  readonly orderId: string;
  /** From 1, contiguous per order. */
  readonly sequence: number;
};

/**
 * Writes the effects of one event through `context.tx` and asks for callbacks. It runs once per event as far as
 * anyone can see from its committed effects, in sequence per order; it may run again after a rollback. So it
 * must do nothing outside its transaction. A rejection or a Left makes it run again, and parks the order at last.
 */
export type EventHandler<Type extends OrderEventType = OrderEventType> = (
  event: ReceivedEvent<Type>,
  context: HandlerContext,
) => Promise<unknown>;

/** Says that a consumer takes note of an event type and does nothing about it. */
export const ignore = 'ignore';

/** A handler or an explicit `ignore` for every event type: when the contract grows, this no longer compiles. */
export type EventHandlers = { readonly [Type in OrderEventType]: EventHandler<Type> | typeof ignore };

/** A callback that was refused for good. */
export interface Refusal {
  readonly callback: string;
  readonly orderId: string;
  /** The event whose handler asked for the callback. */
  readonly eventId: string;
  readonly sequence: number;
  readonly status: number;
  /** The answer's body, at most 4,096 characters. */
  readonly body: string;
}

/** The effect of a refusal, in one transaction with the end of the callback. */
export type RefusalHandler = (refusal: Refusal, context: HandlerContext) => Promise<unknown>;

export interface ConsumerDefinition {
  /** 1–64 of a–z, 0–9 and `-`; names its rows in the inbox. Never changes. */
  readonly name: string;
  /** Kafka consumer group. Never changes. */
  readonly group: string;
  readonly handlers: EventHandlers;
  /** By callback name. A refusal without a handler just ends the callback. */
  readonly onFinal?: Readonly<Record<string, RefusalHandler>>;
  /** Folder of the consumer's own migrations, `0001-name.sql`; applied at start, after those of the kit. */
  readonly migrations?: string;
  /**
   * Set it to the reason when the group begins in the middle of the topic: an order may then be joined at any
   * sequence. Without it a first event with a sequence above 1 is a gap, unless the log's beginning was deleted.
   */
  readonly baseline?: string;
}

const causeOf: { readonly [Tag in EventDecodeError['_tag']]: EventRefused['cause'] } = {
  UnknownEventType: 'unknown-type',
  UnknownEventVersion: 'unknown-version',
  EventPayloadNotJson: 'invalid-event',
  EventUpcastFailed: 'invalid-event',
  InvalidEvent: 'invalid-event',
};

/** What the handler of an event comes to, or why the event breaks the contract. */
export const handlingOf = (
  handlers: EventHandlers,
  incoming: IncomingEvent,
): Either<EventRefused, (context: HandlerContext) => Promise<unknown>> => {
  const decoded = decodeOrderEvent(incoming);
  if (E.isLeft(decoded)) return E.left({ cause: causeOf[decoded.left._tag], reason: explainDecodeError(decoded.left) });
  const { eventId, orderId, sequence } = incoming;
  const event: ReceivedEvent = { ...decoded.right, eventId, orderId, sequence };
  return E.right((context) => dispatch(handlers, event, context));
};

const dispatch = <Type extends OrderEventType>(
  handlers: EventHandlers,
  event: ReceivedEvent<Type>,
  context: HandlerContext,
): Promise<unknown> => {
  const handler: EventHandler<Type> | typeof ignore = handlers[event.type];
  return handler === ignore ? Promise.resolve() : handler(event, context);
};

export const refusalOf = (callback: StoredCallback, answer: FinalAnswer): Refusal => ({
  callback: callback.name,
  orderId: callback.orderId,
  eventId: callback.eventId,
  sequence: callback.sequence,
  ...answer,
});
