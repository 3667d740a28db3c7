import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { EventContract } from '../../../src/consumer-kit.ts';
import { Instant } from '../../../src/domain/instant.ts';
import { integerValue } from '../../../src/domain/value-codec.ts';

/*
 * An aggregate that has nothing to do with orders: a kind of goods in a warehouse. It is as small as one can be that
 * raises two kinds of events and refuses something.
 */

export const Pieces = integerValue('Pieces', {
  words: 'a whole number from 1 to 1,000',
  minimum: 1,
  maximum: 1_000,
  example: 5,
});
export type Pieces = t.TypeOf<typeof Pieces>;

const StockReceived = t.strict({
  type: t.literal('StockReceived'),
  occurredAt: Instant,
  payload: t.strict({ pieces: Pieces }),
});
const StockPicked = t.strict({
  type: t.literal('StockPicked'),
  occurredAt: Instant,
  payload: t.strict({ pieces: Pieces, left: t.number }),
});
const StockEvent = t.union([StockReceived, StockPicked]);
export type StockEvent = t.TypeOf<typeof StockEvent>;
export type StockPayload = {
  readonly [Each in StockEvent as Each['type']]: Each['payload'];
};

export type StockCommand = { readonly type: 'Receive' | 'Pick'; readonly pieces: Pieces; readonly at: Instant };

export interface NotEnoughStock {
  readonly _tag: 'NotEnoughStock';
  readonly onHand: number;
  readonly asked: number;
}

export const decide = ({ type, pieces, at }: StockCommand, onHand: number): Either<NotEnoughStock, StockEvent> => {
  if (type === 'Receive') return E.right({ type: 'StockReceived', occurredAt: at, payload: { pieces } });
  return pieces > onHand
    ? E.left({ _tag: 'NotEnoughStock', onHand, asked: pieces })
    : E.right({ type: 'StockPicked', occurredAt: at, payload: { pieces, left: onHand - pieces } });
};

export const evolve = (onHand: number, event: StockEvent): number =>
  event.type === 'StockReceived' ? onHand + event.payload.pieces : onHand - event.payload.pieces;

export const encode = ({ type, occurredAt, payload }: StockEvent) => ({
  type,
  version: 1,
  occurredAt,
  payload: JSON.stringify(payload),
});

/** What stands on the topic of the warehouse. */
export const stockContract: EventContract<StockPayload> = {
  source: '/warehouse/stock',
  read: ({ type, version, occurredAt, payload }) =>
    version === 1
      ? pipe(
          E.tryCatch((): unknown => JSON.parse(payload), String),
          E.flatMap((json) =>
            E.mapLeft(() => `no valid ${type}`)(StockEvent.decode({ type, occurredAt, payload: json })),
          ),
          E.mapLeft((reason) => ({ cause: 'invalid-event' as const, reason })),
        )
      : E.left({ cause: 'unknown-version', reason: `version ${version} of ${type} is not known` }),
};
