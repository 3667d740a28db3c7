import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { DomainEvent, EventDefinition } from './define-event.ts';
import { Instant } from './instant.ts';
import { upcast } from './upcast.ts';

export type EventReadError<Type extends string> =
  /** A version that was never released, or one newer than this program. */
  | { readonly _tag: 'UnknownEventVersion'; readonly type: Type; readonly version: number; readonly newest: number }
  | { readonly _tag: 'EventPayloadNotJson'; readonly type: Type; readonly cause: unknown }
  /** An older payload could not be brought up to today's version. */
  | {
      readonly _tag: 'EventUpcastFailed';
      readonly type: Type;
      readonly fromVersion: number;
      readonly cause: unknown;
    }
  /** Paths in `errors` begin at the event: `occurredAt`, `payload.lines[0].sku`. */
  | { readonly _tag: 'InvalidEvent'; readonly type: Type; readonly errors: t.Errors };

/** Reads an event of any version of `definition` as one of today's. Fields that it does not know are dropped. */
export const readEvent = <Type extends string, Payload>(
  { type, version: newest, upcasts, payload: codec }: EventDefinition<Type, Payload>,
  encoded: { readonly version: number; readonly occurredAt: string; readonly payload: string },
): Either<EventReadError<Type>, DomainEvent<Type, Payload>> => {
  const { version, occurredAt } = encoded;
  if (!Number.isInteger(version) || version < 1 || version > newest)
    return E.left({ _tag: 'UnknownEventVersion', type, version, newest });
  return pipe(
    E.tryCatch(
      (): unknown => JSON.parse(encoded.payload),
      (cause): EventReadError<Type> => ({ _tag: 'EventPayloadNotJson', type, cause }),
    ),
    E.flatMap((older) =>
      pipe(
        upcast({ version: newest, upcasts }, version, older),
        E.mapLeft(({ from, cause }): EventReadError<Type> => ({
          _tag: 'EventUpcastFailed',
          type,
          fromVersion: from,
          cause,
        })),
      ),
    ),
    E.flatMap((payload) =>
      pipe(
        t.strict({ occurredAt: Instant, payload: codec }).decode({ occurredAt, payload }),
        E.mapLeft((errors): EventReadError<Type> => ({ _tag: 'InvalidEvent', type, errors })),
      ),
    ),
    E.map((checked) => ({ type, ...checked })),
  );
};
