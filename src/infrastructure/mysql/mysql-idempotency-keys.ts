import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type {
  IdempotencyClaim,
  IdempotencyKey,
  IdempotencyKeyBusy,
  IdempotencyKeyReused,
  IdempotencyKeys,
} from '../../application/ports/idempotency-keys.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { isDuplicateEntry, isLockWaitTimeout } from './mysql-errors.ts';
import { connectionOf } from './mysql-unit-of-work.ts';
import { UnreadableRow, decodeFirst } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const INSERT_KEY = `
INSERT INTO idempotency_keys (method, path, idempotency_key, fingerprint) VALUES (?, ?, ?, ?)`;

const SELECT_ANSWER = `
SELECT fingerprint, answer FROM idempotency_keys WHERE method = ? AND path = ? AND idempotency_key = ?`;

const UPDATE_ANSWER = `
UPDATE idempotency_keys SET answer = ? WHERE method = ? AND path = ? AND idempotency_key = ?`;

/** A committed key without an answer is a defect of the unit that claimed it. */
const KeyRow = t.strict({ fingerprint: t.string, answer: t.string });

/**
 * The insert itself asks who was first: it waits for a transaction that holds the key, at most the session's lock
 * wait (1 s), and fails as a duplicate once that one has committed. A read that finds no row would prove nothing.
 */
export class MySqlIdempotencyKeys implements IdempotencyKeys {
  claim(
    tx: Transaction,
    key: IdempotencyKey,
  ): TaskEither<StorageUnavailable | IdempotencyKeyReused | IdempotencyKeyBusy, IdempotencyClaim> {
    type Claim = Either<IdempotencyKeyReused | IdempotencyKeyBusy, IdempotencyClaim>;
    return pipe(
      storageAttempt('claim idempotency key', async (): Promise<Claim> => {
        const connection = connectionOf(tx);
        try {
          await connection.writeOrLockTimeout(INSERT_KEY, [key.method, key.path, key.key, key.fingerprint]);
          return E.right({ _tag: 'Claimed' });
        } catch (error) {
          if (isLockWaitTimeout(error))
            return E.left({ _tag: 'IdempotencyKeyBusy', key: key.key, retryAfterSeconds: 1 });
          if (!isDuplicateEntry(error)) throw error;
        }
        const row = decodeFirst(KeyRow, await connection.rows(SELECT_ANSWER, [key.method, key.path, key.key]));
        if (row === undefined) throw new UnreadableRow(`idempotency key ${key.key} vanished: rows are never deleted`);
        return row.fingerprint === key.fingerprint
          ? E.right({ _tag: 'Replay', answer: row.answer })
          : E.left({ _tag: 'IdempotencyKeyReused', key: key.key });
      }),
      TE.flatMapEither(
        (claim): Either<StorageUnavailable | IdempotencyKeyReused | IdempotencyKeyBusy, IdempotencyClaim> => claim,
      ),
    );
  }

  storeAnswer(tx: Transaction, key: IdempotencyKey, answer: string): TaskEither<StorageUnavailable, void> {
    return storageAttempt('store answer', async () => {
      if (!answer.isWellFormed())
        throw new TypeError('the answer is not well-formed text, so it could not be replayed');
      await connectionOf(tx).write(UPDATE_ANSWER, [answer, key.method, key.path, key.key]);
    });
  }
}
