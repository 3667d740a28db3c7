import { expect } from 'chai';
import * as t from 'io-ts';
import { CheckConsumer } from '../../../src/application/operations/check-consumer.ts';
import type { Observation } from '../../../src/application/ports/examination.ts';
import { systemClock } from '../../../src/infrastructure/clock.ts';
import { MySqlOutboxLedger, PUBLISHED_QUERIES } from '../../../src/infrastructure/mysql/mysql-outbox-ledger.ts';
import type { SqlValue } from '../../../src/infrastructure/mysql/mysql-connection.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import {
  CONSUMER_LEDGER_QUERIES,
  MySqlConsumerLedger,
} from '../../../src/infrastructure/mysql-consumer/mysql-consumer-ledger.ts';
import { prepareDatabase } from '../../../src/infrastructure/mysql-consumer/prepare-database.ts';
import { decoded, rightOf } from '../../support/decoded.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import { freshDatabase } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';

const CONSUMER = 'payment';
/** IDs as wide as real ones; `a` and `b` have three events each. */
const orderId = (name: string): string => name.padEnd(36, '0');
const eventId = (name: string, sequence: number): string => `${name}-${sequence}`.padEnd(36, '0');
const A = orderId('a');
const event = (sequence: number): string => eventId('a', sequence);

const EMPTY = {
  consumer: ['inbox', 'inbox_orders', 'inbox_waiting', 'inbox_parked_records', 'callbacks'],
  service: ['outbox', 'outbox_skipped', 'outbox_purges', 'orders'],
};

describe('whether a consumer’s tables fit each other and the outbox, against a real MySQL', function () {
  this.timeout(60_000);
  const databases: TestDatabase[] = [];
  let service: MySqlPool;
  let own: MySqlPool;
  before(async () => {
    databases.push(await migratedDatabase(), await freshDatabase('checked'));
    const [ofService = '', ofConsumer = ''] = databases.map(({ url }) => url);
    [service, own] = [testPool(ofService), testPool(ofConsumer)];
    const { signal } = new AbortController();
    const waiting = (): void => undefined;
    await prepareDatabase({ server: { url: ofConsumer }, own: undefined, clock: systemClock, signal, waiting });
  });
  after(async () => {
    await Promise.all([service.end(), own.end()]);
    for (const database of databases) await database.drop();
  });

  const write = (pool: MySqlPool, sql: string, values: readonly SqlValue[] = []): Promise<unknown> =>
    pool.use((connection) => connection.write(sql, values));
  /** In the consumer's database, or in the service's. */
  const there = (sql: string, values: readonly SqlValue[] = []) => write(own, sql, values);
  const upstream = (sql: string, values: readonly SqlValue[] = []) => write(service, sql, values);

  const eventsOf = (names: readonly string[], count: number) =>
    names.flatMap((name) => Array.from({ length: count }, (_, index) => ({ name, sequence: index + 1 })));
  /** The consumer hears nothing of it. */
  const publish = async (
    names: readonly string[],
    count: number,
    { at = '2026-01-31 09:30:01', firstOffset = 1 } = {},
  ): Promise<void> => {
    await upstream(
      `INSERT INTO orders (order_id, version, status, customer_id, currency, total_minor, placed_at) VALUES ?`,
      [names.map((name) => [orderId(name), count, 'placed', 'c', 'EUR', 1, '2026-01-31 09:30:00'])],
    );
    await upstream(
      `INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, status,
         published_at, kafka_partition, kafka_offset) VALUES ?`,
      [
        eventsOf(names, count).map(({ name, sequence }) => [
          ...[eventId(name, sequence), orderId(name), sequence, 'OrderPlaced', 1, '2026-01-31 09:30:00', '{}', '{}'],
          ...['COMPLETED', at, 0, firstOffset + sequence - 1],
        ]),
      ],
    );
  };
  const apply = async (names: readonly string[], count: number): Promise<void> => {
    await there('INSERT INTO inbox_orders (consumer, order_id, last_sequence) VALUES ?', [
      names.map((name) => [CONSUMER, orderId(name), count]),
    ]);
    await there(
      `INSERT INTO inbox (consumer, event_id, order_id, sequence, type, fingerprint, skipped, topic, kafka_partition,
         kafka_offset) VALUES ?`,
      [
        eventsOf(names, count).map(({ name, sequence }) => [
          ...[CONSUMER, eventId(name, sequence), orderId(name), sequence, 'OrderPlaced', 'f', 0, 't', 0, sequence],
        ]),
      ],
    );
  };
  beforeEach(async () => {
    for (const table of EMPTY.consumer) await there(`DELETE FROM ${table}`);
    for (const table of EMPTY.service) await upstream(`DELETE FROM ${table}`);
    await publish(['a', 'b'], 3);
    await apply(['a', 'b'], 3);
    // Of another consumer in the same database, which is another check's.
    await there("INSERT INTO inbox_orders (consumer, order_id, last_sequence) VALUES ('another', ?, 7)", [A]);
  });

  const check = async (
    meanwhile: () => Promise<unknown> = () => Promise.resolve(),
    consumer = CONSUMER,
  ): Promise<readonly Observation[]> =>
    rightOf(
      await CheckConsumer.examination({
        consumer,
        ledger: new MySqlConsumerLedger(own, consumer),
        outbox: new MySqlOutboxLedger(service),
        clock: {
          sleep: async () => {
            await meanwhile();
          },
        },
      }).run(),
    );
  const amiss = (observations: readonly Observation[]): readonly string[] =>
    observations.slice(1).map(({ state, says }) => `${state}: ${says}`);

  const wait = (sequence: number, name = 'a'): Promise<unknown> =>
    there(
      `INSERT INTO inbox_waiting (consumer, event_id, order_id, sequence, type, version, occurred_at, payload, headers,
         fingerprint, is_skip, topic, kafka_partition, kafka_offset)
       VALUES (?, ?, ?, ?, 'OrderPaid', 1, '2026', '{}', '{}', 'f', 0, 't', 0, 9)`,
      [CONSUMER, eventId(name, sequence), orderId(name), sequence],
    );
  /** As if it had never been applied. */
  const rewindTo = async (sequence: number, name = 'a'): Promise<void> => {
    const order = [CONSUMER, orderId(name)];
    await there('DELETE FROM inbox WHERE consumer = ? AND order_id = ? AND sequence > ?', [...order, sequence]);
    await there('UPDATE inbox_orders SET last_sequence = ? WHERE consumer = ? AND order_id = ?', [sequence, ...order]);
  };
  const forgetAll = async (): Promise<void> => {
    for (const table of EMPTY.consumer) await there(`DELETE FROM ${table}`);
  };
  const ofA = (set: string): Promise<unknown> =>
    there(`UPDATE inbox_orders SET ${set} WHERE consumer = ? AND order_id = ?`, [CONSUMER, A]);
  const keep = (): Promise<unknown> =>
    there(
      `INSERT INTO inbox_parked_records (consumer, topic, kafka_partition, kafka_offset, fingerprint, order_id, event_id,
         reason, record_headers) VALUES (?, 't', 0, 9, 'f', ?, ?, 'odd', '{}')`,
      [CONSUMER, A, event(3)],
    );
  const callBack = (of: string, name: string, more = 'NOW(6)', attempts = 0): Promise<unknown> =>
    there(
      `INSERT INTO callbacks (consumer, event_id, name, order_id, sequence, method, path, body, attempts, next_attempt_at)
       VALUES (?, ?, ?, ?, 3, 'POST', '/', '{}', ?, ${more})`,
      [CONSUMER, of, name, A, attempts],
    );
  const outboxRow = (set: string): Promise<unknown> =>
    upstream(`UPDATE outbox SET ${set} WHERE event_id = ?`, [event(3)]);
  const purgeFirst = (): Promise<unknown> => upstream('DELETE FROM outbox WHERE event_id = ?', [event(1)]);

  const well: readonly (readonly [what: string, change: () => Promise<unknown>])[] = [
    ['nothing is amiss', () => Promise.resolve()],
    [
      'the inbox was purged up to a sequence',
      async () => {
        await ofA('purged_through = 2');
        await there('DELETE FROM inbox WHERE order_id = ? AND sequence = 1', [A]);
      },
    ],
    [
      'the consumer began in the middle of an order',
      async () => {
        await ofA("baseline_sequence = 2, baseline_because = 'late'");
        await there('DELETE FROM inbox WHERE order_id = ? AND sequence = 1', [A]);
      },
    ],
    [
      'the outbox was purged',
      async () => {
        await purgeFirst();
        await upstream("INSERT INTO outbox_purges (actor, cutoff, purged_rows) VALUES ('janitor', NOW(6), 1)");
      },
    ],
    ['an event was published just now', () => publish(['c'], 1, { at: '2100-01-01 00:00:00' })],
    [
      'an order was published before the group began in the middle of others',
      async () => {
        await publish(['c'], 2, { at: '2026-01-31 09:29:00' });
        await ofA("baseline_sequence = 2, baseline_because = 'late'");
        await there('DELETE FROM inbox WHERE order_id = ? AND sequence = 1', [A]);
      },
    ],
    ['a callback is due just now', () => callBack(event(3), 'pay')],
    [
      'a callback waits behind another one that is tried again',
      async () => {
        await callBack(event(3), 'pay', 'NOW(6) + INTERVAL 5 SECOND', 9);
        await callBack(event(3), 'ship', 'NOW(6) - INTERVAL 1 HOUR');
      },
    ],
  ];
  for (const [what, change] of well)
    it(`given ${what} / then it finds nothing`, async () => {
      await change();
      const found = await check();
      expect(amiss(found)).to.deep.equal([]);
      expect(found[0]?.state).to.equal('ok');
      expect(found[0]?.says).to.match(/^looked at 2 orders, [56] applied events/);
    });

  const planted: readonly (readonly [what: string, plant: () => Promise<unknown>, says: readonly RegExp[]])[] = [
    [
      'a row of the inbox that is gone',
      () => there('DELETE FROM inbox WHERE event_id = ?', [event(2)]),
      [/^fail: 1 × orders whose last sequence is not .*: a0+ is at 3, with 2 applied events above 0: 1 to 3$/],
    ],
    [
      'a last sequence that is behind',
      () => ofA('last_sequence = 2'),
      [/^fail: 1 × orders whose last .* is at 2, with 3/],
    ],
    [
      'a last sequence that is ahead',
      () => ofA('last_sequence = 4'),
      [/^fail: 1 × orders whose last .* is at 4, with 3/],
    ],
    [
      'an order without its row',
      () => there('DELETE FROM inbox_orders WHERE order_id = ?', [A]),
      [/^fail: 3 × rows of the inbox whose order has none/],
    ],
    [
      'an event that waits though it was applied',
      () => wait(2),
      [/^fail: 1 × events that wait though they were applied: event a-2/, /^fail: 1 × orders with a waiting event/],
    ],
    [
      'a waiting event whose turn it is',
      async () => {
        await rewindTo(2);
        await wait(3);
      },
      [/^fail: 1 × orders with a waiting event whose turn it is: a0+ is at 2, 3 waits$/],
    ],
    [
      'a waiting event that the outbox never had',
      async () => {
        await ofA("parked_at = NOW(6), parked_reason = 'odd'");
        await wait(4);
      },
      [/^warn: 1 × parked orders/, /^fail: 1 × events that the outbox never had: event a-4/],
    ],
    [
      'a gap',
      async () => {
        await rewindTo(1);
        await wait(3);
      },
      [
        /^warn: 1 × orders that wait for an event that is missing: a0+ is at 1, 3 waits$/,
        /^fail: 1 × events that were published .*: event a-20+, sequence 2 of a0+$/,
      ],
    ],
    [
      'a consumer whose database was restored while its offsets were not',
      async () => {
        await rewindTo(1);
        await publish(['c'], 1);
      },
      [/^fail: 3 × events that were published .*: event a-20+, .*; event a-30+, .*; event c-10+, sequence 1 of c0+$/],
    ],
    [
      'an order it has nothing of, published after the group began in the middle of others',
      async () => {
        await publish(['c'], 1, { at: '2026-01-31 09:31:00' });
        await ofA("baseline_sequence = 2, baseline_because = 'late'");
        await there('DELETE FROM inbox WHERE order_id = ? AND sequence = 1', [A]);
      },
      [/^fail: 1 × events that were published .*: event c-10+/],
    ],
    ['a consumer whose database was emptied', forgetAll, [/^fail: 6 × events that were published/]],
    [
      'a parked order of which nothing waits',
      () => ofA('parked_at = NOW(6)'),
      [/^warn: 1 × parked orders/, /^fail: 1 × parked orders of which nothing waits or is kept/],
    ],
    [
      'a parked order with what parked it',
      async () => {
        await rewindTo(2);
        await ofA('parked_at = NOW(6)');
        await keep();
      },
      [/^warn: 1 × parked orders: a0+$/],
    ],
    ['a kept record of an order that goes on', keep, [/^warn: 1 × orders that go on though a record/]],
    [
      'a callback that nobody sends',
      () => callBack(event(3), 'pay', 'NOW(6) - INTERVAL 10 MINUTE'),
      [/^fail: 1 × callbacks that nobody sends, .*: pay of a0+, 0 attempts, due since 60\d s$/],
    ],
    [
      'a callback without a final answer for long',
      () => callBack(event(3), 'pay', 'NOW(6)', 100),
      [/^fail: 1 × callbacks .*: pay of a0+, 100 attempts/],
    ],
    [
      'a callback of an event that was not applied',
      () => callBack(event(9), 'pay'),
      [/^fail: 1 × callbacks of events that were not applied: pay of event a-9/],
    ],
    [
      'an outbox that is older than the consumer, as after a restore',
      async () => {
        await upstream('DELETE FROM outbox WHERE event_id = ?', [event(3)]);
        await upstream('UPDATE orders SET version = 2 WHERE order_id = ?', [A]);
      },
      [/^fail: 1 × events that the outbox never had: event a-30+, sequence 3 of a0+$/],
    ],
    [
      'a row of the outbox that is gone without a purge on record',
      purgeFirst,
      [/^fail: 1 × events that the outbox never had: event a-1/],
    ],
    [
      'an event that is another one in the outbox',
      () => outboxRow('sequence = 9'),
      [/^fail: 1 × events that are of another order, .*: event a-30+, sequence 3 of a0+ is sequence 9 of a0+$/],
    ],
    [
      'an applied event that is not marked as published',
      () => outboxRow("status = 'PENDING'"),
      [/^warn: 1 × events that were applied and are not marked as published: event a-3/],
    ],
    [
      'an applied event that is quarantined',
      () => outboxRow("status = 'QUARANTINED'"),
      [/^warn: 1 × events that were applied and are quarantined or skipped .* is QUARANTINED$/],
    ],
    [
      'an applied event that was skipped since',
      async () => {
        await upstream(
          `INSERT INTO outbox_skipped (event_id, order_id, sequence, type, version, occurred_at, payload, headers,
             attempts, created_at, skipped_by, reason, replacement_event_id)
           VALUES (?, ?, 3, 'OrderPlaced', 1, NOW(6), '{}', '{}', 7, NOW(6), 'anna', 'r', 'skip')`,
          [event(3), A],
        );
        await outboxRow("event_id = 'skip'");
      },
      [/^warn: 1 × events that were applied and are quarantined or skipped .* is SKIPPED$/],
    ],
  ];
  for (const [what, plant, says] of planted)
    it(`given ${what} / then it says so, and how to mend it`, async () => {
      await plant();
      const found = await check();
      expect(amiss(found)).to.have.lengthOf(says.length);
      for (const [index, text] of amiss(found).entries()) expect(text).to.match(says[index] ?? /never/);
      for (const { mend } of found.slice(1)) expect(mend).to.be.a('string');
    });

  it('given what was only just happening / then a second look finds nothing', async () => {
    await outboxRow("status = 'PENDING'");
    await rewindTo(2, 'b');
    await wait(3, 'b');
    await callBack(event(3), 'pay', 'NOW(6) - INTERVAL 10 MINUTE');
    await publish(['c'], 1);
    const meanwhile = async (): Promise<void> => {
      await outboxRow("status = 'COMPLETED'");
      await apply(['c'], 1);
      await there('DELETE FROM inbox_waiting');
      await there('UPDATE inbox_orders SET last_sequence = 3 WHERE order_id = ?', [orderId('b')]);
      await there("UPDATE callbacks SET status = 'delivered'");
    };
    expect(amiss(await check(meanwhile))).to.deep.equal([]);
  });

  const bothReady = async (): Promise<void> => {
    for (const name of ['a', 'b']) {
      await rewindTo(1, name);
      await wait(2, name);
      await wait(3, name);
    }
  };
  const applyNext = async (name: string): Promise<void> => {
    await there('DELETE FROM inbox_waiting WHERE event_id = ?', [eventId(name, 2)]);
    await there('UPDATE inbox_orders SET last_sequence = 2 WHERE consumer = ? AND order_id = ?', [
      ...[CONSUMER, orderId(name)],
    ]);
  };
  it('given waiting events of which one is applied meanwhile / then the other waits for its turn', async () => {
    await bothReady();
    expect(amiss(await check(() => applyNext('b')))).to.deep.equal([
      `warn: 1 × orders with a waiting event whose turn it is, while others like them went on: ${A} is at 1, 2 waits`,
    ]);
  });
  it('given waiting events that all get on, and are not through / then it finds nothing', async () => {
    await bothReady();
    const meanwhile = async (): Promise<void> => {
      for (const name of ['a', 'b']) await applyNext(name);
    };
    expect(amiss(await check(meanwhile))).to.deep.equal([]);
  });

  it('given a consumer that catches up / then it tells what may come from what was passed over', async () => {
    await publish(['lost'], 1, { firstOffset: 10 });
    await publish(['comes'], 1, { firstOffset: 11 });
    await publish(['later'], 1, { firstOffset: 12 });
    const found = amiss(await check(() => apply(['comes'], 1)));
    expect(found).to.have.lengthOf(2);
    expect(found[0]).to.match(/^fail: 1 × events that were published .*: event lost-1/);
    expect(found[1]).to.match(/^warn: 1 × events that were published .*, while others came: event later-1/);
  });

  it('given a name that the database does not know / then it does not take that for fine', async () => {
    const [first, ...more] = await check(undefined, 'paiment');
    expect([first?.state, ...more.map(({ state }) => state)]).to.deep.equal(['warn', 'fail']);
    expect(first?.says).to.include('nothing of a consumer named paiment');
  });

  describe('given thousands of orders', () => {
    const names = Array.from({ length: 2_345 }, (_, index) => `n${String(index).padStart(4, '0')}`);
    beforeEach(async () => {
      await publish(names, 1);
      await apply(names, 1);
      await there(
        `INSERT INTO inbox_waiting (consumer, event_id, order_id, sequence, type, version, occurred_at, payload, headers,
           fingerprint, is_skip, topic, kafka_partition, kafka_offset)
         SELECT 'another', event_id, order_id, 9, type, 1, '2026', '{}', '{}', 'f', 0, 't', 0, 9 FROM inbox`,
      );
      for (const table of EMPTY.consumer) await own.use((connection) => connection.rows(`ANALYZE TABLE ${table}`));
      for (const table of EMPTY.service) await service.use((connection) => connection.rows(`ANALYZE TABLE ${table}`));
    });

    it('reads all of them, page by page', async () => {
      await there('DELETE FROM inbox WHERE event_id = ?', [eventId('n2344', 1)]);
      await publish(['unheard'], 1);
      const found = await check();
      expect(found[0]?.says).to.match(/^looked at 2347 orders, 2350 applied events/);
      expect(amiss(found)).to.have.lengthOf(2);
      expect(amiss(found)[0]).to.match(/n23440+ is at 1, with 0 applied events/);
      expect(amiss(found)[1]).to.match(/^fail: 1 × events that were published .*: event unheard-1/);
    });

    const Plan = t.array(t.type({ table: t.union([t.string, t.null]), type: t.union([t.string, t.null]) }));
    const queries = [
      ...Object.entries(CONSUMER_LEDGER_QUERIES).map((query) => [() => own, ...query] as const),
      ...Object.entries(PUBLISHED_QUERIES).map((query) => [() => service, ...query] as const),
    ];
    for (const [pool, name, [sql, values]] of queries)
      it(`${name} reads by an index, and no table as a whole`, async () => {
        const plan = decoded(
          Plan,
          await pool().use((connection) => connection.rows(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, values)),
        );
        // What stands in angle brackets is the page itself.
        const whole = plan
          .filter(({ table, type }) => table?.startsWith('<') === false && type !== null)
          .filter(({ type }) => type === 'ALL' || type === 'index');
        expect(whole).to.deep.equal([]);
        expect(plan).not.to.have.lengthOf(0);
      });
  });
});
