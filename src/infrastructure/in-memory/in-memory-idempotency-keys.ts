import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type {
  IdempotencyClaim,
  IdempotencyKey,
  IdempotencyKeyBusy,
  IdempotencyKeyReused,
  IdempotencyKeys,
} from '../../application/ports/idempotency-keys.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { tablesOf } from './in-memory-unit-of-work.ts';

const rowKey = (key: IdempotencyKey): string => JSON.stringify([key.method, key.path, key.key]);

/** Units run one after the other, so a second request with a key at work waits and never finds it busy. */
export class InMemoryIdempotencyKeys implements IdempotencyKeys {
  claim(
    tx: Transaction,
    key: IdempotencyKey,
  ): TE.TaskEither<IdempotencyKeyReused | IdempotencyKeyBusy, IdempotencyClaim> {
    return TE.fromIOEither(() => {
      const { idempotencyKeys } = tablesOf(tx);
      const row = idempotencyKeys.get(rowKey(key));
      if (row === undefined) {
        idempotencyKeys.set(rowKey(key), { fingerprint: key.fingerprint, answer: null });
        return E.right({ _tag: 'Claimed' });
      }
      if (row.fingerprint !== key.fingerprint) return E.left({ _tag: 'IdempotencyKeyReused', key: key.key });
      if (row.answer === null) return E.left({ _tag: 'IdempotencyKeyBusy', key: key.key, retryAfterSeconds: 1 });
      return E.right({ _tag: 'Replay', answer: row.answer });
    });
  }

  storeAnswer(tx: Transaction, key: IdempotencyKey, answer: string): TE.TaskEither<never, void> {
    return TE.fromIO(() => {
      tablesOf(tx).idempotencyKeys.set(rowKey(key), { fingerprint: key.fingerprint, answer });
    });
  }
}
