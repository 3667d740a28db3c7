import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { runHandler } from '../../application/consumer/run-handler.ts';
import type { EventEffect, Subscription } from '../../application/consumer/subscription.ts';
import type { CallbackOrigin, FinalAnswer, StoredCallback } from '../../application/ports/consumer-callbacks.ts';
import type { ConsumerEffects } from '../../application/ports/consumer-effects.ts';
import { handlingOf, refusalOf } from './consumer-definition.ts';
import type { ConsumerDefinitionOf, EventContract } from './consumer-definition.ts';

/** What a definition declares, as the kit runs it. */
export interface DeclaredHandlers extends Subscription {
  /** The effect of a callback's refusal; undefined where the definition has no handler for it. */
  readonly onRefused: (callback: StoredCallback, answer: FinalAnswer) => EventEffect | undefined;
}

/** `effectsFor`: of a handler that runs because of an event type or a callback, by its name. */
export const declaredHandlers = <Payloads extends object>(
  contract: EventContract<Payloads>,
  { handlers, onFinal }: ConsumerDefinitionOf<Payloads>,
  effectsFor: (origin: CallbackOrigin, because: string) => ConsumerEffects,
): DeclaredHandlers => ({
  prepare: (event) =>
    pipe(
      handlingOf(contract, handlers, event),
      E.map((run) => runHandler(effectsFor(event, event.type), event, run)),
    ),
  onRefused: (callback, answer) => {
    const handler = onFinal?.[callback.name];
    return handler === undefined
      ? undefined
      : runHandler(effectsFor(callback, callback.name), callback, (context) =>
          handler(refusalOf(callback, answer), context),
        );
  },
});
