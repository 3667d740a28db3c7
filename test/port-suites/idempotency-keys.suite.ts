import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import type {
  IdempotencyClaim,
  IdempotencyKey,
  IdempotencyKeyBusy,
  IdempotencyKeyReused,
} from '../../src/application/ports/idempotency-keys.ts';
import type { StaleVersion } from '../../src/application/ports/order-store.ts';
import type { UnitOfWorkError } from '../../src/application/ports/unit-of-work.ts';
import { placedOrder } from './orders-for-tests.ts';
import { left, right } from './storage-under-test.ts';
import type { OpenStorage, StorageUnderTest } from './storage-under-test.ts';

const options = { action: 'test', rerunAfterUnknownCommit: true };
type ClaimError = UnitOfWorkError | IdempotencyKeyReused | IdempotencyKeyBusy;

const aKey = (more: Partial<IdempotencyKey> = {}): IdempotencyKey => ({
  method: 'POST',
  path: '/orders',
  key: randomUUID(),
  fingerprint: 'a'.repeat(64),
  ...more,
});

export const idempotencyKeysSuite = (open: OpenStorage): void => {
  describe('idempotency keys', () => {
    let storage: StorageUnderTest;
    before(async () => {
      storage = await open();
    });
    after(() => storage.close());

    const claim = (key: IdempotencyKey): TE.TaskEither<ClaimError, IdempotencyClaim> =>
      storage.unitOfWork.run(options, (tx) => storage.idempotencyKeys.claim(tx, key));
    const claimAndAnswer = (key: IdempotencyKey, answer: string): TE.TaskEither<ClaimError, IdempotencyClaim> =>
      storage.unitOfWork.run(options, (tx) =>
        pipe(
          storage.idempotencyKeys.claim(tx, key),
          TE.tap(() => storage.idempotencyKeys.storeAnswer(tx, key, answer)),
        ),
      );

    it('given a new key / when claimed / then Claimed', async () => {
      expect(await right(claimAndAnswer(aKey(), '{}'))).to.deep.equal({ _tag: 'Claimed' });
    });

    it('given a key that was answered / when claimed again / then its answer is replayed byte for byte', async () => {
      const key = aKey();
      const answer = '{"name":"Zoë \\"7\\" \\\\ 🚚\u2028","n":1.50}\n';
      await right(claimAndAnswer(key, answer));
      expect(await right(claim(key))).to.deep.equal({ _tag: 'Replay', answer });
      expect(await right(claim(key))).to.deep.equal({ _tag: 'Replay', answer });
    });

    it('given a key that was answered / when claimed with another body / then IdempotencyKeyReused', async () => {
      const key = aKey();
      await right(claimAndAnswer(key, '{}'));
      const error = await left(claim({ ...key, fingerprint: 'b'.repeat(64) }));
      expect(error).to.deep.equal({ _tag: 'IdempotencyKeyReused', key: key.key });
    });

    it('given a unit that claimed and was rolled back / when claimed again / then Claimed, as if never asked', async () => {
      const key = aKey();
      await left(
        storage.unitOfWork.run(options, (tx) =>
          pipe(
            storage.idempotencyKeys.claim(tx, key),
            TE.flatMap(() => TE.left({ _tag: 'Refused' })),
          ),
        ),
      );
      expect(await right(claimAndAnswer(key, '{}'))).to.deep.equal({ _tag: 'Claimed' });
    });

    it('given a key used for one path / when used for another path or method / then it is another request', async () => {
      const key = aKey();
      await right(claimAndAnswer(key, 'first'));
      for (const other of [
        { ...key, path: '/orders/1/payment' },
        { ...key, method: 'PUT' },
      ])
        expect(await right(claimAndAnswer(other, 'second'))).to.deep.equal({ _tag: 'Claimed' });
    });

    it('given 20 requests with one key at once / then one order is placed and every request gets its answer', async () => {
      const key = aKey();
      const answers: string[] = [];

      const place = (): TE.TaskEither<ClaimError | StaleVersion, string> =>
        storage.unitOfWork.run(options, (tx) =>
          pipe(
            storage.idempotencyKeys.claim(tx, key),
            TE.flatMap((claimed): TE.TaskEither<ClaimError | StaleVersion, string> => {
              if (claimed._tag === 'Replay') return TE.right(claimed.answer);
              const order = placedOrder();
              return pipe(
                storage.orders.save(tx, { order, version: 1 }, 0),
                TE.flatMap(() => storage.idempotencyKeys.storeAnswer(tx, key, order.orderId)),
                TE.map(() => order.orderId),
              );
            }),
          ),
        );
      const client = async (): Promise<void> => {
        for (let tries = 0; tries < 20; tries += 1) {
          const outcome = await place()();
          if (outcome._tag === 'Right') {
            answers.push(outcome.right);
            return;
          }
          expect(outcome.left._tag).to.equal('IdempotencyKeyBusy');
        }
        throw new Error('the key stayed busy');
      };
      await Promise.all(Array.from({ length: 20 }, client));

      expect(answers).to.have.length(20);
      expect(new Set(answers).size).to.equal(1);
    });
  });
};
