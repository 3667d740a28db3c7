import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { storageUnavailable } from '../../application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import { UnreadableRow } from './rows.ts';

/**
 * What MySQL, the network or the driver refused becomes `StorageUnavailable` with its cause. Defects of ours (a row
 * that cannot be read, an ended transaction, a bad argument) are no outage: they stay rejections.
 */
export const toStorageUnavailable =
  (action: string) =>
  (cause: unknown): StorageUnavailable => {
    if (cause instanceof UnreadableRow || cause instanceof TypeError || cause instanceof RangeError) throw cause;
    return storageUnavailable(action, cause);
  };

export const storageAttempt = <A>(action: string, attempt: () => Promise<A>): TaskEither<StorageUnavailable, A> =>
  TE.tryCatch(attempt, toStorageUnavailable(action));
