import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect } from 'chai';
import type { OrderCommandType } from '../../../src/domain/order/commands.ts';
import type { OrderStore } from '../../../src/application/ports/order-store.ts';
import type { UnitOfWork } from '../../../src/application/ports/unit-of-work.ts';
import { decodeOrderEvent } from '../../../src/interfaces/contract/order-events.ts';
import { leftOf, rightOf } from '../../support/decoded.ts';
import { inMemoryOrders, request } from '../../support/in-memory-orders.ts';
import type { InMemoryOrders } from '../../support/in-memory-orders.ts';
import { at, commands, orderId } from '../../support/order-samples.ts';

const perform = async (service: InMemoryOrders, ...types: readonly OrderCommandType[]): Promise<void> => {
  for (const type of types) rightOf(await service.handler.handle(request(commands[type]))());
};

/** Everything the database holds, to see that nothing was written. */
const contents = ({ database }: InMemoryOrders): unknown =>
  Object.entries(database.committed).map(([name, table]) => [name, [...table.values()]]);

describe('handling an order command', () => {
  it('saves the order, appends its events and answers, all at once', async () => {
    const service = inMemoryOrders();
    const headers = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    const { answer, replayed } = rightOf(await service.handler.handle(request(commands.PlaceOrder, { headers }))());

    expect(replayed).to.equal(false);
    expect(JSON.parse(answer)).to.include({ orderId, status: 'placed', version: 1 });
    expect(service.database.committed.orders.get(orderId)).to.have.property('version', 1);
    expect(service.outboxOf(orderId)).to.have.length(1);
    expect(service.outboxOf(orderId)[0]).to.include({
      orderKey: orderId,
      sequence: 1,
      type: 'OrderPlaced',
      version: 1,
      occurredAt: at.later,
      status: 'PENDING',
      headers,
    });
    expect(service.rings()).to.deep.equal([orderId]);
  });

  it('numbers the events of an order 1, 2, 3 … as its versions', async () => {
    const service = inMemoryOrders();
    await perform(service, 'PlaceOrder', 'PayOrder', 'ShipOrder', 'DeliverOrder');

    const rows = service.outboxOf(orderId);
    expect(rows.map((row) => row.sequence)).to.deep.equal([1, 2, 3, 4]);
    expect(rows.map((row) => rightOf(decodeOrderEvent(row)).type)).to.deep.equal([
      'OrderPlaced',
      'OrderPaid',
      'OrderShipped',
      'OrderDelivered',
    ]);
    expect(service.database.committed.orders.get(orderId)).to.have.property('version', 4);
  });

  it('writes nothing when the command is refused, not even the key', async () => {
    const service = inMemoryOrders();
    await perform(service, 'PlaceOrder');
    const before = contents(service);

    expect(leftOf(await service.handler.handle(request(commands.ShipOrder))())).to.deep.equal({
      _tag: 'OrderNotPaid',
      orderId,
      status: 'placed',
    });
    expect(contents(service)).to.deep.equal(before);
    expect(service.rings()).to.deep.equal([orderId]);
  });

  it('writes nothing when an event is too large for any broker', async () => {
    const service = inMemoryOrders(() => ({
      outbox: {
        append: (_tx, [event]) =>
          TE.left({
            _tag: 'EventTooLarge',
            eventId: event?.eventId ?? '',
            type: event?.type ?? '',
            bytes: 2,
            maxBytes: 1,
          }),
      },
    }));
    expect(leftOf(await service.handler.handle(request(commands.PlaceOrder))())._tag).to.equal('EventTooLarge');
    expect(contents(service)).to.deep.equal(contents(inMemoryOrders()));
  });

  it('given an order that does not exist / then OrderNotFound, whatever version is asked for', async () => {
    const { handler } = inMemoryOrders();
    const error = leftOf(await handler.handle(request(commands.PayOrder, { expectedVersion: 3 }))());
    expect(error).to.deep.equal({ _tag: 'OrderNotFound', orderId });
  });
});

describe('the same request sent twice', () => {
  it('is answered byte for byte and done once', async () => {
    const service = inMemoryOrders();
    const first = rightOf(await service.handler.handle(request(commands.PlaceOrder))());
    const before = contents(service);
    const second = rightOf(await service.handler.handle(request(commands.PlaceOrder))());

    expect(second).to.deep.equal({ answer: first.answer, replayed: true });
    expect(contents(service)).to.deep.equal(before);
  });

  it('is answered as it was then, though the order has moved on since', async () => {
    const service = inMemoryOrders();
    const first = rightOf(await service.handler.handle(request(commands.PlaceOrder))());
    await perform(service, 'PayOrder');
    const again = request(commands.PlaceOrder, { expectedVersion: 17 });
    expect(rightOf(await service.handler.handle(again)())).to.deep.equal({ answer: first.answer, replayed: true });
  });

  it('with another body is refused', async () => {
    const service = inMemoryOrders();
    await perform(service, 'PlaceOrder');
    const { idempotency } = request(commands.PlaceOrder);
    const other = request(commands.PlaceOrder, { idempotency: { ...idempotency, fingerprint: 'another body' } });
    expect(leftOf(await service.handler.handle(other)())).to.deep.equal({
      _tag: 'IdempotencyKeyReused',
      key: 'PlaceOrder',
    });
  });

  it('at the same time is done once', async () => {
    const service = inMemoryOrders();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => service.handler.handle(request(commands.PlaceOrder))()),
    );
    expect(answers.map((answer) => rightOf(answer).replayed)).to.deep.equal([false, true, true, true, true]);
    expect(new Set(answers.map((answer) => rightOf(answer).answer))).to.have.property('size', 1);
    expect(service.outboxOf(orderId)).to.have.length(1);
  });

  it('after a COMMIT whose outcome was unknown is answered with what had been committed', async () => {
    let lost = false;
    const service = inMemoryOrders(({ unitOfWork }) => {
      const losingFirstAnswer: UnitOfWork = {
        run: (options, work) => {
          if (lost) return unitOfWork.run(options, work);
          lost = true;
          return TE.flatMap(unitOfWork.run(options, work), () =>
            TE.left({ _tag: 'CommitOutcomeUnknown', action: options.action, cause: new Error('connection lost') }),
          );
        },
      };
      return { unitOfWork: losingFirstAnswer };
    });
    expect(leftOf(await service.handler.handle(request(commands.PlaceOrder))())._tag).to.equal('CommitOutcomeUnknown');
    expect(service.rings()).to.deep.equal([]);

    expect(rightOf(await service.handler.handle(request(commands.PlaceOrder))()).replayed).to.equal(true);
    expect(service.outboxOf(orderId)).to.have.length(1);
    expect(service.rings(), 'relays hear of it at last, whichever order it was').to.deep.equal([undefined]);
  });

  it('asks its unit of work to rerun after an unknown COMMIT, since the key makes that safe', async () => {
    const asked: boolean[] = [];
    const service = inMemoryOrders(({ unitOfWork }) => ({
      unitOfWork: {
        run: (options, work) => {
          asked.push(options.rerunAfterUnknownCommit);
          return unitOfWork.run(options, work);
        },
      },
    }));
    await perform(service, 'PlaceOrder');
    expect(asked).to.deep.equal([true]);
  });
});

describe('an order that others change meanwhile', () => {
  /** Saving finds a stale version as often as told. */
  const staleSaves = (times: number): { readonly service: InMemoryOrders; readonly saves: () => number } => {
    let saves = 0;
    const service = inMemoryOrders(({ orders }) => {
      const stale: OrderStore = {
        load: (tx, id) => orders.load(tx, id),
        save: (tx, next, expected) => {
          saves += 1;
          return saves <= times
            ? TE.left({ _tag: 'StaleVersion', orderId: next.order.orderId, expected })
            : orders.save(tx, next, expected);
        },
      };
      return { orders: stale };
    });
    return { service, saves: () => saves };
  };

  it('given no version was asked for / then the whole unit is run again and succeeds', async () => {
    const { service, saves } = staleSaves(3);
    expect(rightOf(await service.handler.handle(request(commands.PlaceOrder))()).replayed).to.equal(false);
    expect(saves()).to.equal(4);
    expect(service.outboxOf(orderId)).to.have.length(1);
    expect(service.rings()).to.deep.equal([orderId]);
  });

  it('given it changes every time / then it gives up after ten reruns with StaleVersion', async () => {
    const { service, saves } = staleSaves(Number.POSITIVE_INFINITY);
    expect(leftOf(await service.handler.handle(request(commands.PlaceOrder))())).to.deep.equal({
      _tag: 'StaleVersion',
      orderId,
      expected: 0,
    });
    expect(saves()).to.equal(11);
  });

  it('given the version asked for was overtaken while saving / then StaleVersion at once', async () => {
    const { service, saves } = staleSaves(1);
    const result = await service.handler.handle(request(commands.PlaceOrder, { expectedVersion: 0 }))();
    expect(leftOf(result)._tag).to.equal('StaleVersion');
    expect(saves()).to.equal(1);
  });

  const versions: readonly (readonly [type: OrderCommandType, expectedVersion: number])[] = [
    ['PayOrder', 1],
    ['PayOrder', 3],
    ['ShipOrder', 1],
    ['PlaceOrder', 0],
  ];
  for (const [type, expectedVersion] of versions) {
    it(`given a paid order at version 2 / when ${type} insists on version ${expectedVersion} / then StaleVersion`, async () => {
      const service = inMemoryOrders();
      await perform(service, 'PlaceOrder', 'PayOrder');
      const { idempotency } = request(commands[type]);
      const insisting = request(commands[type], { expectedVersion, idempotency: { ...idempotency, key: 'another' } });
      expect(await service.handler.handle(insisting)()).to.deep.equal(
        E.left({ _tag: 'StaleVersion', orderId, expected: expectedVersion }),
      );
    });
  }

  it('given a paid order at version 2 / when ShipOrder insists on version 2 / then it is shipped', async () => {
    const service = inMemoryOrders();
    await perform(service, 'PlaceOrder', 'PayOrder');
    const answer = await service.handler.handle(request(commands.ShipOrder, { expectedVersion: 2 }))();
    expect(JSON.parse(rightOf(answer).answer)).to.include({ status: 'shipped', version: 3 });
  });
});
