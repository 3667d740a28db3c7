import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type * as t from 'io-ts';
import { laneOf } from '../../src/application/relay/lanes.ts';
import { CustomerId, Instant, Money, OrderId, OrderLines } from '../../src/domain/order/values.ts';
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
 * one as a branch of a two-phase commit, which is what MySQL's part of XA would cost. All kinds share process and
 * minute, so that what the machine does besides hits each of them.
 */

const AT_ONCE = 32;
const SLICE_MS = 2_000;
const PAUSE_MS = 100;
const MAX_EVENT_BYTES = 16_777_216;

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
const kinds = {
  withOutbox: { unitOfWork: onePhase, appends: true },
  without: { unitOfWork: onePhase, appends: false },
  twoPhase: { unitOfWork: new MySqlUnitOfWork(xaPool), appends: false },
} as const;
type Kind = keyof typeof kinds;
/** Each slice follows each other one as often. */
const TURNS: readonly (readonly [Kind, Kind, Kind])[] = [
  ['withOutbox', 'without', 'twoPhase'],
  ['twoPhase', 'without', 'withOutbox'],
];
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

const place = async (kind: Kind): Promise<void> => {
  const { unitOfWork, appends } = kinds[kind];
  const orderId = decoded(OrderId, uuidV7Ids.next());
  const event = { ...benchEvent(0), eventId: uuidV7Ids.next(), orderKey: orderId, sequence: 1 };
  const done = await unitOfWork.run({ action: 'place an order', rerunAfterUnknownCommit: false }, (tx) =>
    pipe(
      orders.save(tx, { order: { status: 'placed', orderId, ...placement }, version: 1 }, 0),
      TE.flatMap((): TE.TaskEither<unknown, void> => (appends ? outbox.append(tx, [event]) : TE.right(undefined))),
    ),
  )();
  if (E.isLeft(done)) throw new Error('an order could not be placed', { cause: done.left });
};

/** Orders placed per second in one slice. */
const slice = async (kind: Kind): Promise<number> => {
  const startedAt = performance.now();
  let placed = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() - startedAt < SLICE_MS) {
        await place(kind);
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
  const measured = { withOutbox: 0, without: 0, twoPhase: 0 };
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
