import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { EventDefinition } from './define-event.ts';

/** A payload could not be brought from version `from` to the next one. */
export interface UpcastFailed {
  readonly from: number;
  readonly cause: unknown;
}

/** Brings the payload of version `version` up to today's, one version at a time. The result is not yet checked. */
export const upcast = (
  definition: Pick<EventDefinition<string, unknown>, 'version' | 'upcasts'>,
  version: number,
  payload: unknown,
): Either<UpcastFailed, unknown> => {
  let current = payload;
  for (let from = version; from < definition.version; from += 1) {
    const step = definition.upcasts[from];
    try {
      if (step === undefined) throw new Error(`the definition has no upcast from version ${from}`);
      current = step(current);
    } catch (cause) {
      return E.left({ from, cause });
    }
  }
  return E.right(current);
};
