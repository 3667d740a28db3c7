import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../../src/application/ports/clock.ts';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { CommitOutcomeUnknown, StorageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';

/** What happens to one call: it works, nothing is done, it is done but COMMIT's answer never comes, or it throws. */
export type CallFate = 'done' | 'unavailable' | 'answer lost' | 'thrown';

const lostAnswer = (action: string): CommitOutcomeUnknown => ({
  _tag: 'CommitOutcomeUnknown',
  action,
  cause: new Error('connection lost'),
});

/** An outbox whose calls take a moment and fail as scripted. */
export const flakyOutbox = (
  inner: RelayOutbox,
  clock: Clock,
  fateOf: (call: keyof RelayOutbox) => CallFate,
): RelayOutbox => {
  const read =
    <E, A>(call: keyof RelayOutbox, task: TaskEither<E, A>): TaskEither<E | StorageUnavailable, A> =>
    async () => {
      await clock.sleep(1);
      const fate = fateOf(call);
      if (fate === 'thrown') throw new Error(`${call} has a bug`);
      return fate === 'done' ? task() : E.left(storageUnavailable(call, new Error('gone away')));
    };
  const write =
    <E>(call: keyof RelayOutbox, task: TaskEither<E, void>) =>
    async (): Promise<E.Either<E | StorageUnavailable | CommitOutcomeUnknown, void>> => {
      await clock.sleep(1);
      const fate = fateOf(call);
      if (fate === 'thrown') throw new Error(`${call} has a bug`);
      if (fate === 'unavailable') return E.left(storageUnavailable(call, new Error('gone away')));
      const outcome = await task();
      return fate === 'answer lost' ? E.left(lostAnswer(call)) : outcome;
    };
  return {
    lanesWithWork: () => read('lanesWithWork', inner.lanesWithWork()),
    claim: (lease, lane, limit) => read('claim', inner.claim(lease, lane, limit)),
    acknowledge: (lease, lane, acknowledged) => write('acknowledge', inner.acknowledge(lease, lane, acknowledged)),
    recordFailure: (lease, failure, then) => write('recordFailure', inner.recordFailure(lease, failure, then)),
  };
};
