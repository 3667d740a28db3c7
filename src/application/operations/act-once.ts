import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type {
  IdempotencyKey,
  IdempotencyKeyBusy,
  IdempotencyKeyReused,
  IdempotencyKeys,
} from '../ports/idempotency-keys.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { Transaction } from '../ports/transaction.ts';

/** Done once for this key; the answer is kept with it and replayed. */
export interface Once<A> {
  readonly key: IdempotencyKey;
  /** Pure. */
  readonly answer: (done: A) => string;
}

export type Acted<A> =
  | { readonly _tag: 'Done'; readonly result: A }
  /** It was done before; nothing was done now. */
  | { readonly _tag: 'Replayed'; readonly answer: string };

/** Runs `act` in `tx`, unless its key says that it was done before. Without a key it is simply run. */
export const actOnce = <E, A>(
  idempotencyKeys: IdempotencyKeys,
  tx: Transaction,
  once: Once<A> | undefined,
  act: TaskEither<E, A>,
): TaskEither<E | StorageUnavailable | IdempotencyKeyReused | IdempotencyKeyBusy, Acted<A>> => {
  const done = (result: A): Acted<A> => ({ _tag: 'Done', result });
  if (once === undefined) return pipe(act, TE.map(done));
  return pipe(
    idempotencyKeys.claim(tx, once.key),
    TE.flatMap((claim): TaskEither<E | StorageUnavailable, Acted<A>> => {
      switch (claim._tag) {
        case 'Replay':
          return TE.right({ _tag: 'Replayed', answer: claim.answer });
        case 'Claimed':
          return pipe(
            act,
            TE.tap((result): TaskEither<E | StorageUnavailable, void> =>
              idempotencyKeys.storeAnswer(tx, once.key, once.answer(result)),
            ),
            TE.map(done),
          );
      }
    }),
  );
};
