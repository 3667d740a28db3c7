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
import { benchEvent } from '../events/bench-event.ts';
import { PARTITIONS } from '../events/outbox-row.ts';
import { heardGo, numberSetting, say, setting, untilStopped } from './parent.ts';

/*
 * Places orders as fast as it can, in slices that take turns: with the outbox, and the same transaction without it. Both
 * kinds share process, connections and minute, so that what the machine does besides hits both.
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

const pool = createMySqlPool({
  url: setting('MYSQL_URL'),
  connections: AT_ONCE,
  acquireTimeoutMs: 5_000,
  queryTimeoutMs: 10_000,
});
const unitOfWork = new MySqlUnitOfWork(pool);
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

const place = async (withOutbox: boolean): Promise<void> => {
  const orderId = decoded(OrderId, uuidV7Ids.next());
  const event = { ...benchEvent(0), eventId: uuidV7Ids.next(), orderKey: orderId, sequence: 1 };
  const done = await unitOfWork.run({ action: 'place an order', rerunAfterUnknownCommit: false }, (tx) =>
    pipe(
      orders.save(tx, { order: { status: 'placed', orderId, ...placement }, version: 1 }, 0),
      TE.flatMap((): TE.TaskEither<unknown, void> => (withOutbox ? outbox.append(tx, [event]) : TE.right(undefined))),
    ),
  )();
  if (E.isLeft(done)) throw new Error('an order could not be placed', { cause: done.left });
};

/** Orders placed per second in one slice. */
const slice = async (withOutbox: boolean): Promise<number> => {
  const startedAt = performance.now();
  let placed = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() - startedAt < SLICE_MS) {
        await place(withOutbox);
        placed += 1;
      }
    }),
  );
  return (placed * 1_000) / (performance.now() - startedAt);
};

const pairs = numberSetting('BENCH_PAIRS');
const stopped = untilStopped();
await slice(true);
await slice(false);
say('ready');
await heardGo();
const rates: { readonly withOutbox: number; readonly without: number }[] = [];
for (let pair = 0; pair < pairs; pair += 1) {
  const first = await slice(pair % 2 === 0);
  await sleep(PAUSE_MS);
  const second = await slice(pair % 2 !== 0);
  rates.push(pair % 2 === 0 ? { withOutbox: first, without: second } : { withOutbox: second, without: first });
  await sleep(PAUSE_MS);
}
await writeFile(setting('BENCH_RATES'), JSON.stringify(rates));
say('done');
await stopped;
await pool.end();
process.disconnect();
