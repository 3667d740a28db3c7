import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Callback, CallbackOrigin, RequestedCallback } from '../ports/consumer-callbacks.ts';
import type { ConsumerEffects, EffectTransaction } from '../ports/consumer-effects.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import { isOutage } from './outage.ts';
import type { DependencyUnavailable, EventEffect, HandlerFailed } from './subscription.ts';

/** A callback as a handler asks for it. `body` is sent as JSON. */
export interface CallbackRequest {
  /** 1–32 of a–z, 0–9 and `-`; distinct among the callbacks of one event. */
  readonly name: string;
  readonly method: Callback['method'];
  /** Below the base URL, beginning with `/`. */
  readonly path: string;
  readonly body: unknown;
  /** Not sent earlier than this after COMMIT; 0 without it. */
  readonly delayMs?: number;
}

/** What a handler may do: write effects and ask for callbacks. Both commit together with the inbox row. */
export interface HandlerContext {
  readonly tx: EffectTransaction;
  readonly callback: (request: CallbackRequest) => void;
}

/** Resolves when the effect is written. A rejection or a Left rolls everything back. */
export type HandlerRun = (context: HandlerContext) => Promise<unknown>;

const NAME = /^[a-z0-9-]{1,32}$/;

const storable = (request: CallbackRequest, earlier: readonly Callback[]): Callback => {
  const { name, method, path, delayMs = 0 } = request;
  if (!NAME.test(name)) throw new Error(`callback name ${JSON.stringify(name)} is not 1–32 of a–z, 0–9 and -`);
  if (earlier.some((callback) => callback.name === name)) throw new Error(`two callbacks of one event named ${name}`);
  if (!path.startsWith('/') || path.length > 512)
    throw new Error(`callback path ${JSON.stringify(path)} is not a path`);
  return { name, method, path, body: JSON.stringify(request.body ?? null), delayMs };
};

type Failure = HandlerFailed | DependencyUnavailable | StorageUnavailable;

const failed = (cause: unknown): Failure =>
  isOutage(cause) ? { _tag: 'DependencyUnavailable', cause } : { _tag: 'HandlerFailed', cause };

const isLeft = (result: unknown): result is E.Left<unknown> =>
  typeof result === 'object' && result !== null && '_tag' in result && result._tag === 'Left' && 'left' in result;

/** Runs a handler as the effect of one event. Whatever it throws becomes a value; nothing escapes. */
export const runHandler =
  (effects: ConsumerEffects, origin: CallbackOrigin, run: HandlerRun): EventEffect =>
  (tx) =>
  async (): Promise<Either<Failure, readonly RequestedCallback[]>> => {
    const requested: Callback[] = [];
    const open = effects.open(tx);
    const context: HandlerContext = {
      tx: open.transaction,
      callback: (request) => void requested.push(storable(request, requested)),
    };
    let outcome: Either<Failure, readonly RequestedCallback[]>;
    try {
      const result = await run(context);
      outcome = isLeft(result)
        ? E.left(failed(result.left))
        : E.right(requested.map((callback) => ({ origin, callback })));
    } catch (cause) {
      outcome = E.left(failed(cause));
    }
    const storageFailure = open.close();
    return storageFailure === undefined ? outcome : E.left(storageFailure);
  };
