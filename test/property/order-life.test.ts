import * as E from 'fp-ts/lib/Either.js';
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js';
import { expect } from 'chai';
import fc from 'fast-check';
import type { OrderCommand } from '../../src/domain/order/commands.ts';
import type { OrderEvent } from '../../src/domain/order/events/catalog.ts';
import { evolveAll } from '../../src/domain/order/evolve.ts';
import { totalOf } from '../../src/domain/order/money.ts';
import type { Money } from '../../src/domain/order/values.ts';
import { decodeOrderEvent } from '../../src/interfaces/contract/order-events.ts';
import { rightOf } from '../support/decoded.ts';
import { inMemoryOrders, request } from '../support/in-memory-orders.ts';
import type { InMemoryOrders } from '../support/in-memory-orders.ts';
import { anyCommand, payableLines, placeOrder } from '../support/order-arbitraries.ts';
import { orderId } from '../support/order-samples.ts';

/** A life: the order is placed, then all kinds of commands arrive, legal or not. */
const life: fc.Arbitrary<readonly OrderCommand[]> = placeOrder(payableLines).chain((place) =>
  fc.array(anyCommand(rightOf(totalOf(place.lines))), { maxLength: 12 }).map((later) => [place, ...later]),
);

const contents = ({ database }: InMemoryOrders): unknown =>
  Object.values(database.committed).map((table) => [...table.values()]);

const eventsOf = (service: InMemoryOrders): readonly OrderEvent[] =>
  service.outboxOf(orderId).map((row) => rightOf(decodeOrderEvent(row)));

/** Sends the commands one by one, each with a key of its own. */
const live = async (
  commands: readonly OrderCommand[],
  afterEach: (service: InMemoryOrders, outcome: { readonly before: unknown; readonly ok: boolean }) => void = () =>
    undefined,
): Promise<InMemoryOrders> => {
  const service = inMemoryOrders();
  for (const [index, command] of commands.entries()) {
    const before = contents(service);
    const idempotency = { method: 'POST', path: '/orders', key: String(index), fingerprint: 'body' };
    const result = await service.handler.handle(request(command, { idempotency }))();
    afterEach(service, { before, ok: E.isRight(result) });
  }
  return service;
};

describe('whatever happens to an order', () => {
  it('replaying its published bytes gives the order that was saved, numbered from 1 without a gap', async () => {
    await fc.assert(
      fc.asyncProperty(life, async (commands) => {
        await live(commands, (service) => {
          const events = eventsOf(service);
          const saved = service.database.committed.orders.get(orderId);
          const replayed = isNonEmpty(events) ? rightOf(evolveAll(orderId, undefined, events)) : undefined;
          expect(replayed).to.deep.equal(saved?.order);
          expect(service.outboxOf(orderId).map((row) => row.sequence)).to.deep.equal(
            Array.from({ length: saved?.version ?? 0 }, (_, index) => index + 1),
          );
        });
      }),
    );
  });

  it('a refused command changes nothing at all', async () => {
    await fc.assert(
      fc.asyncProperty(life, async (commands) => {
        await live(commands, (service, { before, ok }) => {
          if (ok) expect(contents(service)).not.to.deep.equal(before);
          else expect(contents(service)).to.deep.equal(before);
        });
      }),
    );
  });

  it('no money appears or vanishes: paid = total, due back = paid', async () => {
    await fc.assert(
      fc.asyncProperty(life, async (commands) => {
        let total: Money | undefined;
        let paid: Money | null = null;
        for (const event of eventsOf(await live(commands))) {
          if (event.type === 'OrderPlaced') ({ total } = event.payload);
          if (event.type === 'OrderPaid') {
            expect(event.payload.amount).to.deep.equal(total);
            expect(paid, 'paid once').to.equal(null);
            paid = event.payload.amount;
          }
          if (event.type === 'OrderCancelled') expect(event.payload.refundDue).to.deep.equal(paid);
        }
      }),
    );
  });

  it('sending every request again, in any order, answers byte for byte and does nothing', async () => {
    const lifeAndShuffle = life.chain((commands) =>
      fc.tuple(fc.constant(commands), fc.shuffledSubarray([...commands.keys()])),
    );
    await fc.assert(
      fc.asyncProperty(lifeAndShuffle, async ([commands, again]) => {
        const service = inMemoryOrders();
        const requests = commands.map((command, index) =>
          request(command, { idempotency: { method: 'POST', path: '/orders', key: String(index), fingerprint: 'b' } }),
        );
        const first: (string | undefined)[] = [];
        for (const each of requests) {
          const result = await service.handler.handle(each)();
          first.push(E.isRight(result) ? result.right.answer : undefined);
        }
        const before = contents(service);
        for (const index of again) {
          const [each, answer] = [requests[index], first[index]];
          if (each === undefined || answer === undefined) continue;
          expect(rightOf(await service.handler.handle(each)())).to.deep.equal({ answer, replayed: true });
        }
        expect(contents(service)).to.deep.equal(before);
      }),
    );
  });
});
