import { expect } from 'chai';
import { createConsumer } from '../../../src/consumer-kit.ts';
import type { ConsumerProcess } from '../../../src/consumer-kit.ts';
import { isDeclined, paymentConsumer } from '../../../simulator/participants/payment/payment.ts';
import { shippingConsumer } from '../../../simulator/participants/shipping/shipping.ts';
import { eventually } from '../../support/eventually.ts';
import { KitUnderTest } from './kit-under-test.ts';
import { asMessages, envelope, newOrderId } from './order-lifecycle.ts';

const orderThat = (declined: boolean, ratio: number): string => {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const orderId = newOrderId();
    if (isDeclined(orderId, ratio) === declined) return orderId;
  }
  throw new Error('no such order found');
};

describe('the participants', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  let consumer: ConsumerProcess;
  beforeEach(async () => {
    kit = await KitUnderTest.open();
  });
  afterEach(async () => {
    await consumer.stop();
    await kit.close();
  });
  const group = (): { readonly group: string } => ({ group: `participant-${kit.topic.name}` });
  const payment = async (declineRatio = 0): Promise<void> => {
    consumer = createConsumer({ ...paymentConsumer({ declineRatio, handlingDelayMs: 0 }), ...group() }, kit.settings());
    await consumer.start();
  };
  const shipping = async (): Promise<void> => {
    consumer = createConsumer({ ...shippingConsumer({ handlingDelayMs: 0 }), ...group() }, kit.settings());
    await consumer.start();
  };
  const kinds = async (orderId: string): Promise<readonly string[]> =>
    (await kit.effects(orderId)).map(({ kind }) => kind);
  const settled = async (orderId: string): Promise<readonly string[]> =>
    (await kit.progress(consumer, orderId)).callbacks.map(({ name, status }) => `${name} ${status}`);

  it('payment: given a placed order / then it is charged and the payment reported', async () => {
    const orderId = newOrderId();
    await payment();
    await kit.produce(asMessages([envelope(orderId, 1, 'OrderPlaced')]));
    await eventually(async () => expect(await settled(orderId)).to.deep.equal(['payment delivered']));
    expect(await kinds(orderId)).to.deep.equal(['charge']);
    const [request] = kit.api.requests;
    expect(request?.path).to.equal(`/orders/${orderId}/payment`);
    expect(request?.body).to.contain('"amount":{"amountMinor":4200,"currency":"EUR"}');
  });

  it('payment: given a card that is declined / then the order is cancelled with the reason, and nothing charged', async () => {
    const orderId = orderThat(true, 0.5);
    const other = orderThat(false, 0.5);
    await payment(0.5);
    await kit.produce(asMessages([orderId, other].map((id) => envelope(id, 1, 'OrderPlaced'))));
    await eventually(async () => expect(await settled(orderId)).to.deep.equal(['cancellation delivered']));
    expect(await kinds(orderId)).to.deep.equal(['decline']);
    await eventually(async () => expect(await kinds(other)).to.deep.equal(['charge']));
    const request = kit.api.requests.find(({ path }) => path.endsWith('/cancellation'));
    expect(request?.body).to.equal('{"reason":"payment declined: insufficient funds"}');
  });

  it('payment: given an order cancelled before the payment came / then the charge is paid back once', async () => {
    const orderId = newOrderId();
    kit.api.answer = () => ({ status: 409 });
    await payment();
    await kit.produce(
      asMessages([
        envelope(orderId, 1, 'OrderPlaced'),
        envelope(orderId, 2, 'OrderCancelled', { payload: '{"reason":"changed their mind","refundDue":null}' }),
      ]),
    );
    await eventually(async () => expect(await settled(orderId)).to.deep.equal(['payment refused']));
    expect(await kinds(orderId)).to.deep.equal(['charge', 'refund']);
  });

  it('payment: given a paid order that is cancelled / then the charge is paid back once', async () => {
    const orderId = newOrderId();
    await payment();
    const events = [
      envelope(orderId, 1, 'OrderPlaced'),
      envelope(orderId, 2, 'OrderPaid'),
      envelope(orderId, 3, 'OrderCancelled'),
    ];
    await kit.produce(asMessages([...events, ...events]));
    await eventually(async () => expect(await kinds(orderId)).to.deep.equal(['charge', 'refund']));
    await eventually(async () => expect(await kit.committed(group().group)).to.equal(6));
    expect(await kinds(orderId)).to.deep.equal(['charge', 'refund']);
  });

  it('shipping: given a paid, then shipped order / then it is shipped and delivered, each reported', async () => {
    const orderId = newOrderId();
    await shipping();
    const events = (['OrderPlaced', 'OrderPaid', 'OrderShipped'] as const).map((type, index) =>
      envelope(orderId, index + 1, type),
    );
    await kit.produce(asMessages(events));
    await eventually(async () =>
      expect(await settled(orderId)).to.deep.equal(['shipment delivered', 'delivery delivered']),
    );
    expect(await kinds(orderId)).to.deep.equal(['shipment', 'delivery']);
    expect(kit.api.requests.map(({ path }) => path)).to.deep.equal([
      `/orders/${orderId}/shipment`,
      `/orders/${orderId}/delivery`,
    ]);
  });

  it('shipping: given an order cancelled while it was packed / then the parcel is recalled', async () => {
    const orderId = newOrderId();
    kit.api.answer = () => ({ status: 409 });
    await shipping();
    await kit.produce(asMessages([envelope(orderId, 1, 'OrderPlaced'), envelope(orderId, 2, 'OrderPaid')]));
    await eventually(async () => expect(await kinds(orderId)).to.deep.equal(['shipment', 'recall']));
  });

  it('answers progress, health and metrics, and problems for everything else', async () => {
    await payment();
    const ask = async (path: string, method = 'GET'): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${consumer.port}${path}`, { method });
      await response.arrayBuffer();
      return `${response.status} ${response.headers.get('content-type')?.split(';')[0] ?? ''}`;
    };
    await eventually(async () => expect(await ask('/readyz')).to.equal('200 application/json'));
    expect(await ask('/livez')).to.equal('200 application/json');
    expect(await ask('/metrics')).to.equal('200 text/plain');
    expect(await ask(`/progress/${newOrderId()}`)).to.equal('200 application/json');
    expect(await ask("/progress/1'%20OR%201=1")).to.equal('400 application/problem+json');
    expect(await ask('/orders')).to.equal('404 application/problem+json');
    expect(await ask('/livez', 'POST')).to.equal('405 application/problem+json');
  });
});
