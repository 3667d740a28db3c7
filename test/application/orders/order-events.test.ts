import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect } from 'chai';
import { GetOrder } from '../../../src/application/orders/get-order.ts';
import { OrderEvents, raisedEvents } from '../../../src/application/orders/order-events.ts';
import type { EventStanding } from '../../../src/application/orders/order-events.ts';
import type { OutboxEntry, OutboxQueries, SkippedEntry } from '../../../src/application/ports/outbox-queries.ts';
import { leftOf, rightOf } from '../../support/decoded.ts';
import { inMemoryOrders, request } from '../../support/in-memory-orders.ts';
import { commands, orderId } from '../../support/order-samples.ts';

const pending: OutboxEntry = {
  eventId: 'e1',
  orderId,
  sequence: 1,
  type: 'OrderPlaced',
  version: 1,
  status: 'PENDING',
  heldBy: null,
  attempts: 0,
  nextAttemptAt: null,
  lastError: null,
  createdAt: '2026-01-31T09:30:00.000000Z',
  publishedAt: null,
  partition: 3,
  offset: null,
};
const published: OutboxEntry = {
  ...pending,
  status: 'COMPLETED',
  publishedAt: '2026-01-31T09:30:00.250000Z',
  offset: 42,
};
const retrying: OutboxEntry = {
  ...pending,
  attempts: 3,
  nextAttemptAt: '2026-01-31T09:31:00.000000Z',
  lastError: 'MESSAGE_TOO_LARGE',
};
const quarantined: OutboxEntry = { ...retrying, status: 'QUARANTINED', attempts: 7, nextAttemptAt: null };

/** The same entry, later in its order. */
const nth = (sequence: number, entry: OutboxEntry): OutboxEntry => ({ ...entry, sequence, eventId: `e${sequence}` });
const standings = (...entries: readonly OutboxEntry[]): readonly EventStanding[] =>
  raisedEvents(entries).map((event) => event.standing);

const isPending: EventStanding = { state: 'pending' };
const isHeldBy = (heldBy: string): EventStanding => ({ state: 'held', heldBy });
const isPublished: EventStanding = {
  state: 'published',
  partition: 3,
  offset: 42,
  publishedAt: '2026-01-31T09:30:00.250000Z',
};
const isRetrying: EventStanding = {
  state: 'retrying',
  attempts: 3,
  nextAttemptAt: '2026-01-31T09:31:00.000000Z',
  lastError: 'MESSAGE_TOO_LARGE',
};
const isQuarantined: EventStanding = { state: 'quarantined', attempts: 7, lastError: 'MESSAGE_TOO_LARGE' };

describe('where the events of an order stand', () => {
  const table: readonly (readonly [what: string, entries: readonly OutboxEntry[], is: readonly EventStanding[]])[] = [
    ['nothing raised', [], []],
    ['all is well', [published, nth(2, pending)], [isPublished, isPending]],
    ['the head retries', [retrying, nth(2, pending)], [isRetrying, isHeldBy('e1')]],
    [
      'the second is quarantined, the relay has marked its successors',
      [published, nth(2, quarantined), nth(3, { ...pending, heldBy: 'e2' })],
      [isPublished, isQuarantined, isHeldBy('e2')],
    ],
    [
      'the head is quarantined, the relay has not come by yet',
      [quarantined, nth(2, pending), nth(3, pending)],
      [isQuarantined, isHeldBy('e1'), isHeldBy('e1')],
    ],
    [
      'the head was redriven: it goes first, its successors still wait',
      [pending, nth(2, { ...pending, heldBy: 'e1' })],
      [isPending, isHeldBy('e1')],
    ],
  ];
  for (const [what, entries, expected] of table) {
    it(`given ${what}`, () => expect(standings(...entries)).to.deep.equal(expected));
  }
});

describe('asking for one order', () => {
  const queriesOf = (
    entries: readonly OutboxEntry[],
    skipped: readonly SkippedEntry[] = [],
    purged = false,
  ): OutboxQueries => ({
    list: () => TE.right({ entries: [], next: null }),
    blocked: () => TE.right({ orders: [], next: null }),
    ofOrder: () => TE.right(entries),
    skippedOfOrder: () => TE.right(skipped),
    hasPurged: () => TE.right(purged),
    find: () => TE.right(undefined),
    stats: () => TE.right({ pending: 0, held: 0, retrying: 0, quarantined: 0, completed: 0, oldestPendingMs: null }),
  });

  it('given it was placed / then it is found at its version, with its events', async () => {
    const service = inMemoryOrders();
    rightOf(await service.handler.handle(request(commands.PlaceOrder))());
    const getOrder = new GetOrder(service.ports);

    expect(rightOf(await getOrder.get(orderId)())).to.deep.include({ version: 1 });
    const events = new OrderEvents({ outbox: queriesOf([published]), getOrder });
    expect(rightOf(await events.of(orderId)())).to.deep.equal({
      purgedThrough: 0,
      events: [
        {
          eventId: 'e1',
          sequence: 1,
          type: 'OrderPlaced',
          version: 1,
          createdAt: pending.createdAt,
          standing: isPublished,
        },
      ],
    });
  });

  const skipped: SkippedEntry = {
    eventId: 'e1',
    orderId,
    sequence: 1,
    type: 'OrderPlaced',
    version: 1,
    status: 'SKIPPED',
    attempts: 7,
    lastError: 'MESSAGE_TOO_LARGE',
    createdAt: pending.createdAt,
    skippedAt: '2026-01-31T10:00:00.000000Z',
    skippedBy: 'an operator',
    reason: 'told by hand',
    replacementEventId: 'r1',
  };
  const replacement: OutboxEntry = { ...published, eventId: 'r1', type: 'EventSkipped' };

  it('given an event was skipped / then it stands before its replacement, with why but not with by whom', async () => {
    const service = inMemoryOrders();
    rightOf(await service.handler.handle(request(commands.PlaceOrder))());
    const outbox = queriesOf([replacement, nth(2, pending)], [skipped]);
    const { events } = rightOf(await new OrderEvents({ outbox, getOrder: new GetOrder(service.ports) }).of(orderId)());
    expect(events.map(({ sequence, type, standing }) => [sequence, type, standing.state])).to.deep.equal([
      [1, 'OrderPlaced', 'skipped'],
      [1, 'EventSkipped', 'published'],
      [2, 'OrderPlaced', 'pending'],
    ]);
    expect(events[0]?.standing).to.deep.equal({
      state: 'skipped',
      skippedAt: skipped.skippedAt,
      reason: 'told by hand',
      replacedBy: 'r1',
    });
  });

  it('given it is skipped between the two looks / then it is listed once, as skipped', async () => {
    const service = inMemoryOrders();
    rightOf(await service.handler.handle(request(commands.PlaceOrder))());
    const outbox = queriesOf([quarantined], [skipped]);
    const { events } = rightOf(await new OrderEvents({ outbox, getOrder: new GetOrder(service.ports) }).of(orderId)());
    expect(events.map(({ eventId, standing }) => [eventId, standing.state])).to.deep.equal([['e1', 'skipped']]);
  });

  const afterPurge = async (entries: readonly OutboxEntry[], purged: boolean): Promise<number> => {
    const service = inMemoryOrders();
    rightOf(await service.handler.handle(request(commands.PlaceOrder))());
    rightOf(await service.handler.handle(request(commands.PayOrder))());
    const outbox = queriesOf(entries, [], purged);
    const found = rightOf(await new OrderEvents({ outbox, getOrder: new GetOrder(service.ports) }).of(orderId)());
    expect(found.events).to.have.lengthOf(entries.length);
    return found.purgedThrough;
  };

  it('given its first events were purged, or all of them / then it says up to which', async () => {
    expect(await afterPurge([nth(2, published)], true)).to.equal(1);
    expect(await afterPurge([], true)).to.equal(2);
  });

  it('given nothing is gone, or rows are gone and no purge is on record / then it does not speak of a purge', async () => {
    expect(await afterPurge([published, nth(2, published)], true)).to.equal(0);
    expect(await afterPurge([nth(2, published)], false)).to.equal(0);
  });

  it('given it was never placed / then OrderNotFound, for the order and for its events', async () => {
    const getOrder = new GetOrder(inMemoryOrders().ports);
    const notFound = { _tag: 'OrderNotFound', orderId };
    expect(leftOf(await getOrder.get(orderId)())).to.deep.equal(notFound);
    expect(leftOf(await new OrderEvents({ outbox: queriesOf([]), getOrder }).of(orderId)())).to.deep.equal(notFound);
  });
});
