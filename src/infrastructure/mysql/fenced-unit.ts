import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Lease, LeaseLost } from '../../application/ports/relay-lease.ts';
import type { SettleError } from '../../application/ports/relay-outbox.ts';
import { storageUnavailable } from '../../application/ports/storage-error.ts';
import type { UnitOfWork } from '../../application/ports/unit-of-work.ts';
import { connectionOf } from './mysql-unit-of-work.ts';
import type { TransactionConnection } from './mysql-unit-of-work.ts';
import { toStorageUnavailable } from './storage-attempt.ts';

/** The shared lock keeps the epoch until COMMIT: a new owner waits for this transaction, never the other way round. */
const LOCK_EPOCH = `
SELECT epoch FROM relay_leases WHERE name = ? AND owner = ? AND epoch = ? FOR SHARE`;

/**
 * Runs `work` in one transaction that ends before anyone else can hold the lease. An older epoch writes nothing.
 */
export const fencedUnit = (
  unitOfWork: UnitOfWork,
  action: string,
  lease: Lease,
  work: (connection: TransactionConnection) => Promise<void>,
): TaskEither<SettleError, void> =>
  pipe(
    unitOfWork.run({ action, rerunAfterUnknownCommit: false }, (tx) =>
      pipe(
        TE.tryCatch(async (): Promise<Either<LeaseLost, void>> => {
          const connection = connectionOf(tx);
          const epochs = await connection.rows(LOCK_EPOCH, [lease.name, lease.owner, lease.epoch]);
          if (epochs.length === 0) return E.left({ _tag: 'LeaseLost', lease });
          await work(connection);
          return E.right(undefined);
        }, toStorageUnavailable(action)),
        TE.flatMapEither((done): Either<SettleError, void> => done),
      ),
    ),
    TE.mapLeft((error) => (error._tag === 'ContentionExhausted' ? storageUnavailable(action, error.cause) : error)),
  );
