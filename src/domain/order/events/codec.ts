import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { EventDefinition } from '../../define-event.ts';
import { readEvent } from '../../read-event.ts';
import type { EventReadError } from '../../read-event.ts';
import { catalog, isOrderEventType } from './catalog.ts';
import type { OrderEvent, OrderEventPayload, OrderEventType } from './catalog.ts';

/** An event as it is stored and sent. */
export interface EncodedEvent {
  readonly type: string;
  readonly version: number;
  /** RFC 3339 UTC. */
  readonly occurredAt: string;
  /** JSON text. */
  readonly payload: string;
}

export type EventDecodeError =
  { readonly _tag: 'UnknownEventType'; readonly type: string } | EventReadError<OrderEventType>;

type Definitions = { readonly [Type in OrderEventType]: EventDefinition<Type, OrderEventPayload[Type]> };
const definitions: Definitions = catalog;

/** The same event always gives the same bytes. */
export const encodeEvent = <Type extends OrderEventType>(event: OrderEvent<Type>): EncodedEvent => {
  const definition: Definitions[Type] = definitions[event.type];
  return {
    type: event.type,
    version: definition.version,
    occurredAt: event.occurredAt,
    payload: JSON.stringify(definition.payload.encode(event.payload)),
  };
};

const read = <Type extends OrderEventType>(
  type: Type,
  encoded: EncodedEvent,
): Either<EventDecodeError, OrderEvent<Type>> => {
  const definition: Definitions[Type] = definitions[type];
  return readEvent(definition, encoded);
};

/** Reads an event of any released version as one of today's. Fields it does not know are dropped. */
export const decodeEvent = (encoded: EncodedEvent): Either<EventDecodeError, OrderEvent> =>
  isOrderEventType(encoded.type)
    ? read(encoded.type, encoded)
    : E.left({ _tag: 'UnknownEventType', type: encoded.type });
