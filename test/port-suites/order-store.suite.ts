import * as O from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { expect } from 'chai';
import type { StaleVersion, VersionedOrder } from '../../src/application/ports/order-store.ts';
import type { UnitOfWorkError } from '../../src/application/ports/unit-of-work.ts';
import type { OrderId } from '../../src/domain/order/values.ts';
import { anOrderId, ordersOfEveryKind, paidOrder, placedOrder, shippedOrder } from './orders-for-tests.ts';
import { left, right } from './storage-under-test.ts';
import type { OpenStorage, StorageUnderTest } from './storage-under-test.ts';

const options = { action: 'test', rerunAfterUnknownCommit: false };

export const orderStoreSuite = (open: OpenStorage): void => {
  describe('order store', () => {
    let storage: StorageUnderTest;
    before(async () => {
      storage = await open();
    });
    after(() => storage.close());

    const load = (orderId: OrderId): TE.TaskEither<UnitOfWorkError, O.Option<VersionedOrder>> =>
      storage.unitOfWork.run(options, (tx) => storage.orders.load(tx, orderId));
    const save = (next: VersionedOrder, expected: number): TE.TaskEither<UnitOfWorkError | StaleVersion, void> =>
      storage.unitOfWork.run(options, (tx) => storage.orders.save(tx, next, expected));

    it('given no order / when loaded / then none', async () => {
      expect(await right(load(anOrderId()))).to.deep.equal(O.none);
    });

    it('given an order of any status, after any event / when saved and loaded / then it is the same in every field', async () => {
      for (const order of ordersOfEveryKind()) {
        await right(save({ order, version: 1 }, 0));
        expect(await right(load(order.orderId))).to.deep.equal(O.some({ order, version: 1 }));
      }
    });

    it('given an order / when saved over with its version / then the new state replaces the old one', async () => {
      const orderId = anOrderId();
      await right(save({ order: placedOrder(orderId), version: 1 }, 0));
      await right(save({ order: paidOrder(orderId), version: 2 }, 1));
      await right(save({ order: shippedOrder(orderId), version: 3 }, 2));
      expect(await right(load(orderId))).to.deep.equal(O.some({ order: shippedOrder(orderId), version: 3 }));
    });

    it('given an order / when saved with another version than the stored one / then StaleVersion, nothing changes', async () => {
      const orderId = anOrderId();
      await right(save({ order: placedOrder(orderId), version: 1 }, 0));
      for (const expected of [0, 2]) {
        const error = await left(save({ order: paidOrder(orderId), version: expected + 1 }, expected));
        expect(error).to.deep.equal({ _tag: 'StaleVersion', orderId, expected });
      }
      expect(await right(load(orderId))).to.deep.equal(O.some({ order: placedOrder(orderId), version: 1 }));
    });

    it('given no order / when one is saved over version 1 / then StaleVersion', async () => {
      const order = paidOrder();
      const error = await left(save({ order, version: 2 }, 1));
      expect(error).to.deep.equal({ _tag: 'StaleVersion', orderId: order.orderId, expected: 1 });
    });

    it('given 20 writers of one order at once / then each version is won by exactly one of them', async () => {
      const orderId = anOrderId();
      await right(save({ order: placedOrder(orderId), version: 1 }, 0));
      const won: number[] = [];

      const writeOnce = (): TE.TaskEither<UnitOfWorkError | StaleVersion, number> =>
        storage.unitOfWork.run(options, (tx) =>
          pipe(
            storage.orders.load(tx, orderId),
            TE.map(
              O.match(
                () => 0,
                ({ version }) => version,
              ),
            ),
            TE.tap((version) => storage.orders.save(tx, { order: paidOrder(orderId), version: version + 1 }, version)),
            TE.map((version) => version + 1),
          ),
        );
      const writer = async (): Promise<void> => {
        for (let tries = 0; tries < 100; tries += 1) {
          const outcome = await writeOnce()();
          if (outcome._tag === 'Right') {
            won.push(outcome.right);
            return;
          }
          expect(outcome.left._tag).to.equal('StaleVersion');
        }
        throw new Error('a writer never won');
      };
      await Promise.all(Array.from({ length: 20 }, writer));

      expect(won.toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: 20 }, (_, index) => index + 2));
      expect(O.toUndefined(await right(load(orderId)))?.version).to.equal(21);
    });
  });
};
