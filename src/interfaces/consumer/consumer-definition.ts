import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { HandlerContext } from '../../application/consumer/run-handler.ts';
import type { EventRefused } from '../../application/consumer/subscription.ts';
import type { FinalAnswer, StoredCallback } from '../../application/ports/consumer-callbacks.ts';
import type { IncomingEvent } from '../../application/ports/consumed-record.ts';
import type { DomainEvent } from '../../domain/define-event.ts';

/*
 * What a consumer declares, of whatever the events on its topic are. `Payloads` is an object type with a key for each
 * event type: the type of its payload. Those of orders are in order-consumer.ts.
 */

export type EventTypeOf<Payloads extends object> = Extract<keyof Payloads, string>;

/** Any of the events, or those of `Type`. */
export type EventOf<Payloads extends object, Type extends EventTypeOf<Payloads> = EventTypeOf<Payloads>> = {
  readonly [Each in Type]: DomainEvent<Each, Payloads[Each]>;
}[Type];

/** An event with its place: who it is, whose it is, and the how-manieth of its aggregate. */
export type ReceivedOf<Payloads extends object, Type extends EventTypeOf<Payloads> = EventTypeOf<Payloads>> = EventOf<
  Payloads,
  Type
> & {
  readonly eventId: string;
  /** Record key: the ID of the aggregate. */
  readonly orderId: string;
  /** From 1, contiguous per order. */
  readonly sequence: number;
};

export type EncodedEvent = Pick<IncomingEvent, 'type' | 'version' | 'occurredAt' | 'payload'>;

/** What stands on a topic, and how it is read. */
export interface EventContract<Payloads extends object> {
  /** `ce_source` of its records; a record of another source is parked. */
  readonly source: string;
  readonly read: (encoded: EncodedEvent) => Either<EventRefused, EventOf<Payloads>>;
}

/**
 * Writes the effects of one event through `context.tx` and asks for callbacks. It runs once per event as far as
 * anyone can see from its committed effects, in sequence per order; it may run again after a rollback. So it
 * must do nothing outside its transaction. A rejection or a Left makes it run again, and parks the order at last.
 */
export type HandlerOf<Payloads extends object, Type extends EventTypeOf<Payloads> = EventTypeOf<Payloads>> = (
  event: ReceivedOf<Payloads, Type>,
  context: HandlerContext,
) => Promise<unknown>;

/** Says that a consumer takes note of an event type and does nothing about it. */
export const ignore = 'ignore';

/** A handler or an explicit `ignore` for every event type: when the contract grows, this no longer compiles. */
export type HandlersOf<Payloads extends object> = {
  readonly [Type in EventTypeOf<Payloads>]: HandlerOf<Payloads, Type> | typeof ignore;
};

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

export interface ConsumerDefinitionOf<Payloads extends object> {
  /** 1–64 of a–z, 0–9 and `-`; names its rows in the inbox. Never changes. */
  readonly name: string;
  /** Kafka consumer group. Never changes. */
  readonly group: string;
  readonly handlers: HandlersOf<Payloads>;
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

/** What the handler of an event comes to, or why the event breaks the contract. */
export const handlingOf = <Payloads extends object>(
  contract: EventContract<Payloads>,
  handlers: HandlersOf<Payloads>,
  incoming: IncomingEvent,
): Either<EventRefused, (context: HandlerContext) => Promise<unknown>> =>
  E.map((event: EventOf<Payloads>) => {
    const { eventId, orderId, sequence } = incoming;
    return (context: HandlerContext) => dispatch(handlers, { ...event, eventId, orderId, sequence }, context);
  })(contract.read(incoming));

const dispatch = <Payloads extends object, Type extends EventTypeOf<Payloads>>(
  handlers: HandlersOf<Payloads>,
  event: ReceivedOf<Payloads, Type>,
  context: HandlerContext,
): Promise<unknown> => {
  const handler: HandlerOf<Payloads, Type> | typeof ignore = handlers[event.type];
  return handler === ignore ? Promise.resolve() : handler(event, context);
};

export const refusalOf = (callback: StoredCallback, answer: FinalAnswer): Refusal => ({
  callback: callback.name,
  orderId: callback.orderId,
  eventId: callback.eventId,
  sequence: callback.sequence,
  ...answer,
});
