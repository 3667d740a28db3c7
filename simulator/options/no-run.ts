import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';

/** What the command line asks for instead of a run, or what is wrong with it (one line that names the setting). */
export type NoRun =
  { readonly _tag: 'Print'; readonly text: string } | { readonly _tag: 'Refuse'; readonly message: string };

export const refuse = (message: string): Either<NoRun, never> => E.left({ _tag: 'Refuse', message });
