import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describeCause } from '../describe-cause.ts';
import type { Unreachable } from '../ports/start-check.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';

/** Carries a Left out of a callback that can only reject. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(readonly left: Unreachable) {
    super(left.reason);
  }
}

const unreachable = ({ action, cause }: StorageUnavailable): Unreachable => ({
  _tag: 'Unreachable',
  reason: `MySQL cannot ${action}: ${describeCause(cause)}`,
  cause,
});

/** The answer; without one, the work that asked, given to `untilUnanswered`, ends here. */
export const answered = async <A>(question: TaskEither<Unreachable, A>): Promise<A> => {
  const answer = await question();
  if (E.isLeft(answer)) throw new Interrupted(answer.left);
  return answer.right;
};

export const stored = <A>(question: TaskEither<StorageUnavailable, A>): Promise<A> =>
  answered(pipe(question, TE.mapLeft(unreachable)));

/** Long work of many questions: Left with the first that found no answer. */
export const untilUnanswered =
  <A>(work: () => Promise<A>): TaskEither<Unreachable, A> =>
  async () => {
    try {
      return E.right(await work());
    } catch (cause) {
      if (cause instanceof Interrupted) return E.left(cause.left);
      throw cause;
    }
  };
