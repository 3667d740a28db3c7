import * as t from 'io-ts';
import { expect } from 'chai';
import { ConsumerTest, TestOrder } from '../../../src/consumer-kit-testing.ts';
import type { SqlAnswers } from '../../../src/consumer-kit-testing.ts';
import { Unavailable, ignore } from '../../../src/consumer-kit.ts';
import type { ConsumerDefinition, EventHandlers } from '../../../src/consumer-kit.ts';
import { catalog, isOrderEventType } from '../../../src/domain/order/events/catalog.ts';

const Row = t.strict({ balance: t.number });

/** Points for what is paid, taken back when the order is cancelled; the balance is told by a callback. */
const points = (more: Partial<EventHandlers> = {}): ConsumerDefinition => ({
  name: 'points',
  group: 'points',
  handlers: {
    OrderPaid: async ({ orderId, payload }, { tx, callback }) => {
      await tx.execute('INSERT INTO points (order_id,\n  amount) VALUES (?, ?)', [orderId, payload.amount.amountMinor]);
      callback({ name: 'told', method: 'POST', path: `/points/${orderId}`, body: { amount: 5 }, delayMs: 60_000 });
    },
    OrderCancelled: async ({ orderId }, { tx }) => {
      const [row] = await tx.query(Row, 'SELECT balance FROM points WHERE order_id = ?', [orderId]);
      await tx.execute('DELETE FROM points WHERE order_id = ? AND amount = ?', [orderId, row?.balance ?? 0]);
    },
    OrderPlaced: ignore,
    OrderShipped: ignore,
    OrderDelivered: ignore,
    ...more,
  },
  onFinal: {
    told: ({ orderId, status }, { tx }) => tx.execute('INSERT INTO untold VALUES (?, ?)', [orderId, status]),
  },
});

/** Fails after its effect, which must then be none. */
const failing = (cause: Error): Partial<EventHandlers> => ({
  OrderPaid: async (_event, { tx }) => {
    await tx.execute('DELETE FROM points');
    throw cause;
  },
});

describe('the test kit: given events, then effects', () => {
  let order: TestOrder;
  let test: ConsumerTest;
  const start = (more: Partial<EventHandlers> = {}, answers: SqlAnswers = {}): void => {
    test = ConsumerTest.of(points(more), answers);
  };
  beforeEach(() => {
    order = new TestOrder();
    start();
  });
  const sequences = (): readonly number[] => test.effects.map(({ sequence }) => sequence);

  it('keeps the statements of what was applied, and why they were run', async () => {
    const events = [
      order.next('OrderPlaced'),
      order.next('OrderPaid', { amount: { amountMinor: 420, currency: 'EUR' } }),
    ];
    expect(await test.given(...events)).to.deep.equal(['applied', 'applied']);
    const { orderId } = order;
    const sql = 'INSERT INTO points (order_id, amount) VALUES (?, ?)';
    expect(test.effects).to.deep.equal([{ because: 'OrderPaid', orderId, sequence: 2, sql, params: [orderId, 420] }]);
  });

  it('drops a duplicate', async () => {
    const [placed, paid] = [order.next('OrderPlaced'), order.next('OrderPaid')];
    expect(await test.given(placed, paid, paid, placed)).to.deep.equal([
      'applied',
      'applied',
      'duplicate',
      'duplicate',
    ]);
    expect(sequences()).to.deep.equal([2]);
  });

  it('holds what follows a missing event, and lets it follow when that has come', async () => {
    const [placed, paid] = [order.next('OrderPlaced'), order.next('OrderPaid')];
    expect(await test.given(paid)).to.deep.equal(['held']);
    expect([test.waiting(order.orderId), sequences()]).to.deep.equal([[2], []]);
    expect(await test.given(placed)).to.deep.equal(['applied']);
    expect([test.waiting(order.orderId), sequences()]).to.deep.equal([[], [2]]);
  });

  it('goes on after a skip', async () => {
    expect(await test.given(order.skip('OrderPlaced'), order.next('OrderPaid'))).to.deep.equal(['applied', 'applied']);
    expect(sequences()).to.deep.equal([2]);
  });

  it('parks an order whose handler keeps failing, and reprocesses it once that is put right', async () => {
    let isBroken = true;
    start(
      {},
      {
        execute: () => {
          if (isBroken) throw new Error('no such table');
          return 1;
        },
      },
    );
    const events = [order.next('OrderPlaced'), order.next('OrderPaid'), order.next('OrderShipped')];
    expect(await test.given(...events)).to.deep.equal(['applied', 'parked', 'held']);
    expect(test.parked(order.orderId)).to.match(/failed 5 times.*no such table/);
    expect([test.effects, test.callbacks]).to.deep.equal([[], []]);
    isBroken = false;
    expect(await test.reprocess(order.orderId)).to.equal(true);
    expect([test.parked(order.orderId), test.waiting(order.orderId), sequences()]).to.deep.equal([undefined, [], [2]]);
    expect(await test.reprocess(order.orderId)).to.equal(false);
  });

  it('parks what breaks the contract, and a version it does not know', async () => {
    const placed = order.next('OrderPlaced');
    expect(await test.given({ ...placed, payload: '{}' })).to.deep.equal(['parked']);
    expect(test.parked(order.orderId)).to.match(/no valid OrderPlaced/);
    const other = new TestOrder();
    expect(await test.given({ ...other.next('OrderPlaced'), version: 9 })).to.deep.equal(['parked']);
    expect(test.parked(other.orderId)).to.match(/version 9/);
  });

  it('tells an outage from a failure: nothing is parked, and what follows is not handed over', async () => {
    start(failing(new Unavailable('the mail server')));
    const outcomes = await test.given(order.next('OrderPlaced'), order.next('OrderPaid'), order.next('OrderShipped'));
    expect(outcomes).to.deep.equal(['applied', 'unavailable']);
    expect(test.effects).to.deep.equal([]);
    expect(test.parked(order.orderId)).to.equal(undefined);
  });

  it('answers queries as told, each row checked by its codec', async () => {
    start({}, { query: () => [{ balance: 7 }] });
    const cancelled = [order.next('OrderPlaced'), order.next('OrderCancelled')];
    await test.given(...cancelled);
    expect(test.effects.map(({ params }) => params)).to.deep.equal([[order.orderId, 7]]);
    start({}, { query: () => [{ balance: 'seven' }] });
    expect(await test.given(...cancelled)).to.deep.equal(['applied', 'parked']);
    expect(test.parked(order.orderId)).to.match(/does not fit its codec/);
  });

  it('sends callbacks after their delay; a refusal has its effect, an answer that is not final has none', async () => {
    await test.given(order.next('OrderPlaced'), order.next('OrderPaid'));
    const told = { name: 'told', orderId: order.orderId, method: 'POST', path: `/points/${order.orderId}` };
    const asked = { ...told, body: { amount: 5 }, delayMs: 60_000 };
    expect(test.callbacks).to.deep.equal([{ ...asked, status: 'pending' }]);
    await test.answerCallbacks(() => ({ status: 503 }));
    expect(test.callbacks.map(({ status }) => status)).to.deep.equal(['pending']);
    await test.answerCallbacks(() => ({ status: 409 }));
    expect(test.callbacks.map(({ status }) => status)).to.deep.equal(['refused']);
    expect(test.effects.map(({ because, params }) => [because, ...params])).to.deep.equal([
      ['OrderPaid', order.orderId, 1_250],
      ['told', order.orderId, 409],
    ]);
  });

  it('does not let a statement pass that is not awaited, or holds an object', async () => {
    let late: () => Promise<unknown> = () => Promise.resolve();
    start({
      OrderPlaced: (_event, { tx }) => {
        late = () => tx.execute('DO 0');
        return Promise.resolve();
      },
      // @ts-expect-error an object is no value for SQL
      OrderPaid: (event, { tx }) => tx.execute('INSERT INTO points VALUES (?)', [event.payload]),
    });
    expect(await test.given(order.next('OrderPlaced'), order.next('OrderPaid'))).to.deep.equal(['applied', 'parked']);
    expect(await late().catch(String)).to.match(/await every statement/);
    expect(test.parked(order.orderId)).to.match(/value for SQL/);
  });

  for (const type of Object.keys(catalog).filter(isOrderEventType))
    it(`has an example of ${type} that the contract accepts`, async () => {
      expect(await test.given(order.next(type))).to.deep.equal(['applied']);
    });

  it('refuses fields that the contract refuses', () => {
    expect(() => order.next('OrderPaid', { paymentReference: '' })).to.throw(TypeError, /paymentReference/);
  });
});
