import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { RelayLeases } from '../../../src/application/ports/relay-lease.ts';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { CallFate } from './flaky-outbox.ts';

/** Leases whose calls take a moment and fail as scripted. An answer that is lost is of a call that was carried out. */
export const flakyLeases = (
  inner: RelayLeases,
  clock: Clock,
  fateOf: (call: keyof RelayLeases) => CallFate,
): RelayLeases => {
  const flaky =
    <A>(call: keyof RelayLeases, task: TaskEither<StorageUnavailable, A>): TaskEither<StorageUnavailable, A> =>
    async () => {
      await clock.sleep(1);
      const fate = fateOf(call);
      if (fate === 'thrown') throw new Error(`${call} has a bug`);
      const outcome = fate === 'unavailable' ? undefined : await task();
      return outcome === undefined || fate === 'answer lost'
        ? E.left(storageUnavailable(call, new Error('connection lost')))
        : outcome;
    };
  return {
    acquire: (name, owner, ttlMs) => flaky('acquire', inner.acquire(name, owner, ttlMs)),
    renew: (leases, ttlMs) => flaky('renew', inner.renew(leases, ttlMs)),
    release: (lease) => flaky('release', inner.release(lease)),
    announce: (owner, ttlMs) => flaky('announce', inner.announce(owner, ttlMs)),
    leave: (owner) => flaky('leave', inner.leave(owner)),
    look: (owner, names) => flaky('look', inner.look(owner, names)),
  };
};
