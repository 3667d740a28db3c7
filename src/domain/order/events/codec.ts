import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { EventDefinition } from '../../define-event.ts';
import { Instant } from '../../instant.ts';
import { upcast } from '../../upcast.ts';
import type { UpcastFailed } from '../../upcast.ts';
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
  | { readonly _tag: 'UnknownEventType'; readonly type: string }
  /** A version that was never released, or one newer than this program. */
  | {
      readonly _tag: 'UnknownEventVersion';
      readonly type: OrderEventType;
      readonly version: number;
      readonly newest: number;
    }
  | { readonly _tag: 'EventPayloadNotJson'; readonly type: OrderEventType; readonly cause: unknown }
  /** An older payload could not be brought up to today's version. */
  | {
      readonly _tag: 'EventUpcastFailed';
      readonly type: OrderEventType;
      readonly fromVersion: number;
      readonly cause: unknown;
    }
  /** Paths in `errors` begin at the event: `occurredAt`, `payload.lines[0].sku`. */
  | { readonly _tag: 'InvalidEvent'; readonly type: OrderEventType; readonly errors: t.Errors };

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

type Step<A> = Either<EventDecodeError, A>;
type AnyDefinition = Definitions[OrderEventType];

const definitionOf = (type: string): Step<AnyDefinition> =>
  isOrderEventType(type) ? E.right(definitions[type]) : E.left({ _tag: 'UnknownEventType', type });

const knownVersion = ({ type, version: newest }: AnyDefinition, version: number): Step<number> =>
  Number.isInteger(version) && version >= 1 && version <= newest
    ? E.right(version)
    : E.left({ _tag: 'UnknownEventVersion', type, version, newest });

const parseJson = (type: OrderEventType, payload: string): Step<unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(payload),
    (cause) => ({ _tag: 'EventPayloadNotJson', type, cause }),
  );

const toNewest = (definition: AnyDefinition, version: number, payload: unknown): Step<unknown> =>
  E.mapLeft(({ from, cause }: UpcastFailed): EventDecodeError => ({
    _tag: 'EventUpcastFailed',
    type: definition.type,
    fromVersion: from,
    cause,
  }))(upcast(definition, version, payload));

const validate = <Type extends OrderEventType>(
  type: Type,
  occurredAt: string,
  payload: unknown,
): Step<OrderEvent<Type>> => {
  const definition: Definitions[Type] = definitions[type];
  return pipe(
    t.strict({ occurredAt: Instant, payload: definition.payload }).decode({ occurredAt, payload }),
    E.bimap(
      (errors): EventDecodeError => ({ _tag: 'InvalidEvent', type, errors }),
      (checked) => ({ type, ...checked }),
    ),
  );
};

/** Reads an event of any released version as one of today's. Fields it does not know are dropped. */
export const decodeEvent = (encoded: EncodedEvent): Either<EventDecodeError, OrderEvent> =>
  pipe(
    E.Do,
    E.bind('definition', () => definitionOf(encoded.type)),
    E.bind('version', ({ definition }) => knownVersion(definition, encoded.version)),
    E.bind('older', ({ definition }) => parseJson(definition.type, encoded.payload)),
    E.bind('payload', ({ definition, version, older }) => toNewest(definition, version, older)),
    E.flatMap(({ definition, payload }) => validate(definition.type, encoded.occurredAt, payload)),
  );
