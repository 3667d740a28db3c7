import { expect } from 'chai';
import { paymentConsumer } from '../../../simulator/participants/payment/payment.ts';
import { shippingConsumer } from '../../../simulator/participants/shipping/shipping.ts';
import { ConsumerTest, TestOrder } from '../../../src/consumer-kit-testing.ts';

const TOTAL = { amountMinor: 4_200, currency: 'EUR' };

describe('payment and shipping, by the test kit', () => {
  let order: TestOrder;
  beforeEach(() => {
    order = new TestOrder();
  });
  /** First words of the statements, and what each wrote into `effects`, in their order. */
  const kindsOf = (test: ConsumerTest): readonly unknown[] =>
    test.effects.flatMap(({ sql, params }) => (sql.startsWith('INSERT INTO effects') ? [params[4]] : []));
  const askedBy = (test: ConsumerTest): readonly string[] =>
    test.callbacks.map(({ name, path, status }) => `${name} ${path.replace(order.orderId, 'ID')} ${status}`);

  it('payment: given a placed order, heard of twice / then one charge, and the payment is reported once', async () => {
    const payment = ConsumerTest.of(paymentConsumer({ declineRatio: 0, handlingDelayMs: 500 }));
    const placed = order.next('OrderPlaced', { total: TOTAL });
    expect(await payment.given(placed, placed)).to.deep.equal(['applied', 'duplicate']);
    expect(kindsOf(payment)).to.deep.equal(['charge']);
    await payment.answerCallbacks(() => ({ status: 200 }));
    expect(askedBy(payment)).to.deep.equal(['payment /orders/ID/payment delivered']);
    expect(payment.callbacks[0]?.body).to.deep.include({ amount: TOTAL });
  });

  it('payment: given the refusal of a payment / then the charge is paid back, once', async () => {
    const payment = ConsumerTest.of(paymentConsumer({ declineRatio: 0, handlingDelayMs: 0 }));
    await payment.given(order.next('OrderPlaced'));
    await payment.answerCallbacks(() => ({ status: 503 }));
    expect(kindsOf(payment)).to.deep.equal(['charge']);
    await payment.answerCallbacks(() => ({ status: 409 }));
    await payment.answerCallbacks(() => ({ status: 409 }));
    expect(kindsOf(payment)).to.deep.equal(['charge', 'refund']);
  });

  it('payment: given a card that is declined / then nothing is charged, and the order is cancelled', async () => {
    const payment = ConsumerTest.of(paymentConsumer({ declineRatio: 1, handlingDelayMs: 0 }));
    await payment.given(order.next('OrderPlaced'));
    expect(kindsOf(payment)).to.deep.equal(['decline']);
    expect(askedBy(payment)).to.deep.equal(['cancellation /orders/ID/cancellation pending']);
  });

  it('shipping: given the shipment before the payment / then it waits, and then both have their effect in order', async () => {
    const shipping = ConsumerTest.of(shippingConsumer({ handlingDelayMs: 0 }));
    const [placed, paid, shipped] = [order.next('OrderPlaced'), order.next('OrderPaid'), order.next('OrderShipped')];
    expect(await shipping.given(placed, shipped, paid)).to.deep.equal(['applied', 'held', 'applied']);
    expect(kindsOf(shipping)).to.deep.equal(['shipment', 'delivery']);
  });

  it('shipping: given an order cancelled while it is packed / then the parcel is recalled', async () => {
    const shipping = ConsumerTest.of(shippingConsumer({ handlingDelayMs: 0 }));
    await shipping.given(order.next('OrderPlaced'), order.next('OrderPaid'));
    await shipping.answerCallbacks(() => ({ status: 409, body: 'cancelled' }));
    expect(kindsOf(shipping)).to.deep.equal(['shipment', 'recall']);
  });
});
