import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type * as t from 'io-ts';
import { HandleOrderCommand } from '../../src/application/orders/handle-order-command.ts';
import type { Outbox } from '../../src/application/ports/outbox.ts';
import { laneOf } from '../../src/application/relay/lanes.ts';
import { CustomerId, Instant, Money, OrderId, OrderLines } from '../../src/domain/order/values.ts';
import { MySqlIdempotencyKeys } from '../../src/infrastructure/mysql/mysql-idempotency-keys.ts';
import { MySqlOrderStore } from '../../src/infrastructure/mysql/mysql-order-store.ts';
import { MySqlOutbox } from '../../src/infrastructure/mysql/mysql-outbox.ts';
import { createMySqlPool } from '../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { uuidV7Ids } from '../../src/infrastructure/ids.ts';
import { XaPool } from '../systems/xa-pool.ts';
import { benchEvent } from '../events/bench-event.ts';
import { PARTITIONS } from '../events/outbox-row.ts';
import { heardGo, numberSetting, say, setting, untilStopped } from './parent.ts';

/*
 * Places orders as fast as it can, in slices that take turns: with the outbox, the same transaction without it, and that
 * one as a branch of a two-phase commit, which is what MySQL's part of XA would cost; then as the service answers a
 * request, with Idempotency-Key, stored answer and all, with the outbox and without it. All kinds share process and
 * minute, so that what the machine does besides hits each of them.
 */

const AT_ONCE = 32;
const SLICE_MS = 2_000;
const PAUSE_MS = 100;
const MAX_EVENT_BYTES = 16_777_216;
const FINGERPRINT = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const TRACE_PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const decoded = <A>(codec: t.Type<A, unknown>, value: unknown): A => {
  const result = codec.decode(value);
  if (E.isLeft(result)) throw new Error(`${codec.name} does not take the bench's own value`);
  return result.right;
};

const connections = {
  url: setting('MYSQL_URL'),
  connections: AT_ONCE,
  acquireTimeoutMs: 5_000,
  queryTimeoutMs: 10_000,
};
const pool = createMySqlPool(connections);
const xaPool = new XaPool(connections);
const onePhase = new MySqlUnitOfWork(pool);
const orders = new MySqlOrderStore();
const outbox = new MySqlOutbox({ laneOf: (key) => laneOf(key, PARTITIONS), maxEventBytes: MAX_EVENT_BYTES });
const total = decoded(Money, { amountMinor: 3_490, currency: 'EUR' });
const placement = {
  customerId: decoded(CustomerId, 'customer-4711'),
  lines: decoded(OrderLines, [
    { sku: 'TEA-GREEN-100G', quantity: 2, unitPrice: { amountMinor: 1_250, currency: 'EUR' } },
    { sku: 'MUG-BLUE', quantity: 1, unitPrice: { amountMinor: 990, currency: 'EUR' } },
  ]),
  total,
  placedAt: decoded(Instant, '2026-01-31T09:30:00.000Z'),
};

const nothing: Outbox = { append: () => TE.right(undefined) };

/** One order, its lines, and an event of the bench. */
const barely = (unitOfWork: MySqlUnitOfWork, events: Outbox) => async (): Promise<void> => {
  const orderId = decoded(OrderId, uuidV7Ids.next());
  const event = { ...benchEvent(0), eventId: uuidV7Ids.next(), orderKey: orderId, sequence: 1 };
  const done = await unitOfWork.run({ action: 'place an order', rerunAfterUnknownCommit: false }, (tx) =>
    pipe(
      orders.save(tx, { order: { status: 'placed', orderId, ...placement }, version: 1 }, 0),
      TE.flatMap((): TE.TaskEither<unknown, void> => events.append(tx, [event])),
    ),
  )();
  if (E.isLeft(done)) throw new Error('an order could not be placed', { cause: done.left });
};

/** What the service does for POST /orders. */
const asRequested = (events: Outbox): (() => Promise<void>) => {
  const commands = new HandleOrderCommand({
    unitOfWork: onePhase,
    orders,
    outbox: events,
    idempotencyKeys: new MySqlIdempotencyKeys(),
    ids: uuidV7Ids,
    wakeUp: { ring: () => undefined },
  });
  const { customerId, lines, placedAt } = placement;
  return async () => {
    const orderId = decoded(OrderId, uuidV7Ids.next());
    const done = await commands.handle({
      command: { type: 'PlaceOrder', orderId, at: placedAt, customerId, lines },
      expectedVersion: undefined,
      idempotency: { method: 'POST', path: '/orders', key: orderId, fingerprint: FINGERPRINT },
      headers: { traceparent: TRACE_PARENT },
      present: ({ order, version }) => JSON.stringify({ ...order, version }),
    })();
    if (E.isLeft(done)) throw new Error('an order could not be placed', { cause: done.left });
  };
};

const kinds = {
  withOutbox: barely(onePhase, outbox),
  without: barely(onePhase, nothing),
  twoPhase: barely(new MySqlUnitOfWork(xaPool), nothing),
  request: asRequested(outbox),
  requestWithout: asRequested(nothing),
} as const;
type Kind = keyof typeof kinds;
/** Those that are compared are neighbours, each first as often as the other. */
const TURNS: readonly (readonly Kind[])[] = [
  ['withOutbox', 'without', 'twoPhase', 'request', 'requestWithout'],
  ['requestWithout', 'request', 'twoPhase', 'without', 'withOutbox'],
];

/** Orders placed per second in one slice. */
const slice = async (kind: Kind): Promise<number> => {
  const startedAt = performance.now();
  let placed = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() - startedAt < SLICE_MS) {
        await kinds[kind]();
        placed += 1;
      }
    }),
  );
  return (placed * 1_000) / (performance.now() - startedAt);
};

const rounds = numberSetting('BENCH_ROUNDS');
const stopped = untilStopped();
for (const kind of TURNS[0] ?? []) await slice(kind);
say('ready');
await heardGo();
const rates: Readonly<Record<Kind, number>>[] = [];
for (let round = 0; round < rounds; round += 1) {
  const measured = { withOutbox: 0, without: 0, twoPhase: 0, request: 0, requestWithout: 0 };
  for (const kind of TURNS[round % TURNS.length] ?? []) {
    measured[kind] = await slice(kind);
    await sleep(PAUSE_MS);
  }
  rates.push(measured);
}
await writeFile(setting('BENCH_RATES'), JSON.stringify(rates));
say('done');
await stopped;
await Promise.all([pool.end(), xaPool.end()]);
process.disconnect();
