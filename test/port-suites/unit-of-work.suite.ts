import * as O from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { expect } from 'chai';
import type { VersionedOrder } from '../../src/application/ports/order-store.ts';
import type { StorageUnavailable } from '../../src/application/ports/storage-error.ts';
import type { Transaction } from '../../src/application/ports/transaction.ts';
import type { OrderId } from '../../src/domain/order/values.ts';
import { anEvent } from './events-for-tests.ts';
import { anOrderId, placedOrder } from './orders-for-tests.ts';
import { left, right } from './storage-under-test.ts';
import type { OpenStorage, StorageUnderTest } from './storage-under-test.ts';

const options = { action: 'test', rerunAfterUnknownCommit: false };

export const unitOfWorkSuite = (open: OpenStorage): void => {
  describe('unit of work', () => {
    let storage: StorageUnderTest;
    before(async () => {
      storage = await open();
    });
    after(() => storage.close());

    const load = (orderId: OrderId): Promise<O.Option<VersionedOrder>> =>
      right(storage.unitOfWork.run(options, (tx) => storage.orders.load(tx, orderId)));

    const saveWithEvent = (tx: Transaction, orderId: OrderId, eventId: string): TE.TaskEither<unknown, void> =>
      pipe(
        storage.orders.save(tx, { order: placedOrder(orderId), version: 1 }, 0),
        TE.flatMap((): TE.TaskEither<unknown, void> => storage.outbox.append(tx, [anEvent(orderId, 1, { eventId })])),
      );

    it('given work that ends Right / then everything it wrote is committed, and its value answered', async () => {
      const orderId = anOrderId();
      const { eventId } = anEvent(orderId, 1);
      const answer = await right(
        storage.unitOfWork.run(options, (tx) =>
          pipe(
            saveWithEvent(tx, orderId, eventId),
            TE.map(() => 'done'),
          ),
        ),
      );
      expect(answer).to.equal('done');
      expect(O.isSome(await load(orderId))).to.equal(true);
      expect(await storage.storedEvent(eventId)).to.include({ status: 'PENDING' });
    });

    it('given work that writes and then ends Left / then nothing is committed, and the Left answered', async () => {
      const orderId = anOrderId();
      const { eventId } = anEvent(orderId, 1);
      const error = await left(
        storage.unitOfWork.run(options, (tx) =>
          pipe(
            saveWithEvent(tx, orderId, eventId),
            TE.flatMap(() => TE.left({ _tag: 'Refused' })),
          ),
        ),
      );
      expect(error).to.deep.equal({ _tag: 'Refused' });
      expect(O.isNone(await load(orderId))).to.equal(true);
      expect(await storage.storedEvent(eventId)).to.equal(undefined);
    });

    it('given work that writes and then throws / then nothing is committed', async () => {
      const orderId = anOrderId();
      const { eventId } = anEvent(orderId, 1);
      const unit = storage.unitOfWork.run(options, (tx) =>
        pipe(
          saveWithEvent(tx, orderId, eventId),
          TE.map(() => {
            throw new Error('a defect');
          }),
        ),
      );
      const outcome = await unit().catch((thrown: unknown) => thrown);
      expect(JSON.stringify(outcome)).not.to.include('Right');
      expect(O.isNone(await load(orderId))).to.equal(true);
      expect(await storage.storedEvent(eventId)).to.equal(undefined);
    });

    it('given a transaction that has ended / when an adapter is called with it / then it throws', async () => {
      let kept: Transaction | undefined;
      await right(
        storage.unitOfWork.run(options, (tx): TE.TaskEither<StorageUnavailable, void> => {
          kept = tx;
          return TE.right(undefined);
        }),
      );
      const late = async (): Promise<unknown> =>
        kept === undefined ? 'no transaction' : storage.orders.load(kept, anOrderId())();
      expect(await late().catch((thrown: unknown) => thrown)).to.be.an.instanceOf(Error);
    });
  });
};
