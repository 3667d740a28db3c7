import { expect } from 'chai';
import * as t from 'io-ts';
import { createConsumerOf, ignore } from '../../../src/consumer-kit.ts';
import type { ConsumerProcess, HandlersOf } from '../../../src/consumer-kit.ts';
import { Instant } from '../../../src/domain/instant.ts';
import { decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { decoded } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { left, right } from '../../port-suites/storage-under-test.ts';
import { KitUnderTest } from '../consumer/kit-under-test.ts';
import { asMessages, envelope, newOrderId } from '../consumer/order-lifecycle.ts';
import { readTopic } from '../kafka/topic-log.ts';
import { Pieces, stockContract } from './stock-item.ts';
import type { StockCommand, StockPayload } from './stock-item.ts';
import { LANES, Warehouse } from './warehouse.ts';

const AT = decoded(Instant, '2026-01-31T09:30:00.000Z');
const Fields = t.strict({ itemId: t.string, onHand: t.number });
const Level = t.strict({ itemId: t.string, pieces: t.number, moves: t.number });

const command = (type: StockCommand['type'], pieces: number): StockCommand => ({
  type,
  pieces: decoded(Pieces, pieces),
  at: AT,
});
/** What every item goes through, in this order; the last one is refused. */
const MOVES = [command('Receive', 10), command('Pick', 4), command('Receive', 1), command('Pick', 7)] as const;

/**
 * Adds up what came and went, and how often. The effect is no idempotent one: a second time would show, and so would
 * another order, since the column must not go below zero.
 */
const handlers: HandlersOf<StockPayload> = {
  StockReceived: ({ orderId, payload }, { tx }) =>
    tx.execute(
      'INSERT INTO levels (item_id, pieces, moves) VALUES (?, ?, 1) AS new ON DUPLICATE KEY UPDATE pieces = levels.pieces + new.pieces, moves = levels.moves + 1',
      [orderId, payload.pieces],
    ),
  StockPicked: ({ orderId, payload }, { tx }) =>
    tx.execute('UPDATE levels SET pieces = pieces - ?, moves = moves + 1 WHERE item_id = ?', [payload.pieces, orderId]),
};

describe('a second aggregate, with the same unit of work, outbox, relay and consumer kit', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  let warehouse: Warehouse;
  let consumer: ConsumerProcess;
  before(async () => {
    kit = await KitUnderTest.open({ partitions: LANES });
    await kit.pool.use((connection) =>
      connection.write(
        'CREATE TABLE levels (item_id CHAR(36) PRIMARY KEY, pieces INT UNSIGNED NOT NULL, moves INT UNSIGNED NOT NULL)',
      ),
    );
    warehouse = await Warehouse.open(kit.topic.name);
    warehouse.startRelay();
    const definition = { name: 'stock-levels', group: `levels-${kit.topic.name}`, handlers };
    consumer = createConsumerOf(stockContract, definition, kit.settings());
    await consumer.start();
    await Promise.all(
      items.map(async (itemId) => {
        for (const move of MOVES) await right(warehouse.handle(itemId, move));
      }),
    );
  });
  after(async () => {
    await consumer.stop();
    await warehouse.close();
    await kit.close();
  });

  const items = Array.from({ length: 8 }, newOrderId);
  const levels = async (): Promise<readonly t.TypeOf<typeof Level>[]> =>
    kit.rows(Level, 'SELECT item_id AS itemId, pieces, moves FROM levels ORDER BY item_id');
  const expected = items.toSorted().map((itemId) => ({ itemId, pieces: 0, moves: 4 }));
  const allConsumed = () => eventually(async () => expect(await levels()).to.deep.equal(expected));

  it('given moves of many items at once / then row and event commit together, and are consumed once and in order', async () => {
    const rows = decodeRows(Fields, await warehouse.rows('SELECT item_id AS itemId, on_hand AS onHand FROM stock'));
    expect(rows.map(({ onHand }) => onHand)).to.deep.equal(items.map(() => 0));
    await allConsumed();
  });

  it('given a move that is refused / then there is neither a row nor an event', async () => {
    const itemId = newOrderId();
    const refused = await left(warehouse.handle(itemId, command('Pick', 1)));
    expect(refused).to.deep.equal({ _tag: 'NotEnoughStock', onHand: 0, asked: 1 });
    expect(await warehouse.rows(`SELECT 1 FROM stock WHERE item_id = '${itemId}'`)).to.deep.equal([]);
    expect(await warehouse.rows(`SELECT 1 FROM outbox WHERE order_id = '${itemId}'`)).to.deep.equal([]);
  });

  it('given every record once more / then nothing happens twice', async () => {
    await allConsumed();
    const log = await readTopic(kit.topic.name);
    expect(log.map(({ message }) => message.headers?.['ce_source']?.toString())).to.deep.equal(
      log.map(() => '/warehouse/stock'),
    );
    for (const { partition, message } of log) {
      const headers = Object.fromEntries(
        Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
      );
      await kit.produce([{ key: message.key, value: message.value, headers }], partition);
    }
    await eventually(async () => expect(await kit.metric(consumer, 'duplicates_total')).to.equal(log.length));
    expect(await levels()).to.deep.equal(expected);
  });

  it('given an event of an order on that topic / then it is parked: it comes from another source', async () => {
    const [stranger] = asMessages([envelope(newOrderId(), 1, 'OrderPlaced')]);
    if (stranger === undefined) throw new Error('no message');
    await kit.produce([stranger]);
    const Reason = t.strict({ reason: t.string });
    await eventually(async () => {
      const reasons = await kit.rows(Reason, 'SELECT reason FROM inbox_parked_records');
      expect(reasons.map(({ reason }) => reason).join()).to.match(/ce_source .*\/warehouse\/stock/);
    });
  });

  it('does not compile when one of its events has neither a handler nor an ignore', () => {
    // @ts-expect-error StockPicked is missing
    const forgotten: HandlersOf<StockPayload> = { StockReceived: ignore };
    expect(forgotten).to.not.have.property('StockPicked');
  });
});
