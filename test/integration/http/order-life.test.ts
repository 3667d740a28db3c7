import { expect } from 'chai';
import * as t from 'io-ts';
import { OrderAnswer, OrderEventsAnswer, requestExamples } from '../../../src/interfaces/contract/http.ts';
import { decoded } from '../../support/decoded.ts';
import { freshKey, post } from '../../support/http-client.ts';
import type { HttpAnswer } from '../../support/http-client.ts';
import { countRows, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';

const { PlaceOrder, Payment, Shipment, Delivery, Cancellation } = requestExamples;

describe('an order over HTTP', () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  const orderOf = (answer: HttpAnswer): t.TypeOf<typeof OrderAnswer> => decoded(OrderAnswer, JSON.parse(answer.body));
  const place = async (): Promise<string> => orderOf(await api.send(post('/orders', PlaceOrder))).orderId;

  it('given nothing / when placed, paid, shipped and delivered / then each answer is the order as it then stands', async () => {
    const placed = await api.send(post('/orders', PlaceOrder));
    const { orderId } = orderOf(placed);
    expect(placed.status).to.equal(201);
    expect(placed.headers.location).to.equal(`/orders/${orderId}`);
    expect(placed.headers.etag).to.equal('"1"');

    const steps = [
      { path: 'payment', body: Payment, status: 'paid' },
      { path: 'shipment', body: Shipment, status: 'shipped' },
      { path: 'delivery', body: Delivery, status: 'delivered' },
    ];
    for (const [index, { path, body, status }] of steps.entries()) {
      const answer = await api.send(post(`/orders/${orderId}/${path}`, body));
      expect(answer.status).to.equal(200);
      expect(orderOf(answer)).to.include({ status, version: index + 2 });
      expect(answer.headers.etag).to.equal(`"${index + 2}"`);
      const read = await api.send({ method: 'GET', path: `/orders/${orderId}` });
      expect(read.body).to.equal(answer.body);
      expect(read.headers.etag).to.equal(answer.headers.etag);
    }

    const { body } = await api.send({ method: 'GET', path: `/orders/${orderId}/events` });
    const { events } = decoded(OrderEventsAnswer, JSON.parse(body));
    expect(events.map(({ type, sequence, standing }) => [type, sequence, standing.state])).to.deep.equal([
      ['OrderPlaced', 1, 'pending'],
      ['OrderPaid', 2, 'pending'],
      ['OrderShipped', 3, 'pending'],
      ['OrderDelivered', 4, 'pending'],
    ]);
  });

  it('given a paid order / when cancelled / then its payment is still told', async () => {
    const orderId = await place();
    await api.send(post(`/orders/${orderId}/payment`, Payment));
    const order = orderOf(await api.send(post(`/orders/${orderId}/cancellation`, Cancellation)));
    expect(order.status).to.equal('cancelled');
    expect(order).to.have.nested.property('payment.paymentReference', Payment.paymentReference);
  });

  it('given a request that succeeded / when sent again / then status, Location and body are the same bytes and nothing is done', async () => {
    const request = post('/orders', PlaceOrder);
    const first = await api.send(request);
    const { orderId } = orderOf(first);
    await api.send(post(`/orders/${orderId}/payment`, Payment));
    const rows = await countRows(api);
    const again = await api.send(request);
    expect(again.status).to.equal(first.status);
    expect(again.body).to.equal(first.body);
    expect(again.headers.location).to.equal(first.headers.location);
    expect(again.headers.etag).to.equal(first.headers.etag);
    expect(again.headers['idempotency-replayed']).to.equal('true');
    expect(first.headers).not.to.have.property('idempotency-replayed');
    expect(await countRows(api)).to.deep.equal(rows);
  });

  it('given a request that was refused / when its cause is gone / then the same key is handled anew', async () => {
    const orderId = await place();
    const ship = post(`/orders/${orderId}/shipment`, Shipment);
    expect((await api.send(ship)).status).to.equal(409);
    await api.send(post(`/orders/${orderId}/payment`, Payment));
    expect((await api.send(ship)).status).to.equal(200);
  });

  it('given one key / when used on another path / then it is another request', async () => {
    const key = { 'idempotency-key': freshKey() };
    const first = orderOf(await api.send(post('/orders', PlaceOrder, key))).orderId;
    expect((await api.send(post(`/orders/${first}/cancellation`, Cancellation, key))).status).to.equal(200);
  });

  it('given ten clients / when they send the same request at once / then one order is placed and all who succeed hear of it', async () => {
    const before = await countRows(api);
    const request = post('/orders', PlaceOrder);
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.send(request)));
    const placed = answers.filter(({ status }) => status === 201);
    const busy = answers.filter(({ status }) => status === 409);
    expect(placed.length + busy.length).to.equal(10);
    expect(new Set(placed.map(({ body }) => body))).to.have.lengthOf(1);
    for (const answer of busy) {
      expect(JSON.parse(answer.body)).to.include({ type: 'urn:orderly:problem:idempotency-key-busy' });
      expect(Number(answer.headers['retry-after'])).to.be.greaterThan(0);
    }
    const { orders, outbox, keys } = await countRows(api);
    expect({ orders, outbox, keys }).to.deep.equal({
      orders: before.orders + 1,
      outbox: before.outbox + 1,
      keys: before.keys + 1,
    });
  });

  it('given the same key at work elsewhere / when sent / then 409 with Retry-After after a short wait', async () => {
    const request = post('/orders', PlaceOrder, { 'idempotency-key': 'held-key' });
    const fingerprint = '0'.repeat(64);
    await api.holdingTransaction(
      "INSERT INTO idempotency_keys (method, path, idempotency_key, fingerprint) VALUES ('POST', '/orders', 'held-key', ?)",
      [fingerprint],
      async () => {
        const answer = await api.send(request);
        expect(answer.status).to.equal(409);
        expect(JSON.parse(answer.body)).to.include({ type: 'urn:orderly:problem:idempotency-key-busy' });
        expect(answer.headers['retry-after']).to.match(/^[1-9]\d*$/);
      },
    );
    expect((await api.send(request)).status).to.equal(201);
  });

  it('given version 1 / when If-Match says "1" / then it is done; said again of another request / then 412', async () => {
    const orderId = await place();
    const seen = { 'if-match': '"1"' };
    expect((await api.send(post(`/orders/${orderId}/payment`, Payment, seen))).status).to.equal(200);
    expect((await api.send(post(`/orders/${orderId}/cancellation`, Cancellation, seen))).status).to.equal(412);
  });

  it('given a valid traceparent / when placed / then the event carries it; else it starts a trace of its own', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const headersOf = async (orderId: string): Promise<unknown> => {
      const [row] = await api.rows('SELECT headers FROM outbox WHERE order_id = ?', [orderId]);
      return JSON.parse(decoded(t.type({ headers: t.string }), row).headers);
    };
    const traced = orderOf(await api.send(post('/orders', PlaceOrder, { traceparent }))).orderId;
    expect(await headersOf(traced)).to.deep.equal({ traceparent, ce_traceparent: traceparent });

    const forged = '00-00000000000000000000000000000000-00f067aa0ba902b7-01';
    const own = orderOf(await api.send(post('/orders', PlaceOrder, { traceparent: forged }))).orderId;
    const headers = decoded(t.type({ traceparent: t.string, ce_traceparent: t.string }), await headersOf(own));
    expect(headers.traceparent).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(headers.traceparent).not.to.equal(forged);
    expect(headers.ce_traceparent).to.equal(headers.traceparent);
  });

  it('answers HEAD without a body, and OPTIONS with what is allowed', async () => {
    const orderId = await place();
    const head = await api.send({ method: 'HEAD', path: `/orders/${orderId}` });
    expect([head.status, head.body, head.headers.etag]).to.deep.equal([200, '', '"1"']);
    const options = await api.send({ method: 'OPTIONS', path: '/orders' });
    expect([options.status, options.headers.allow]).to.deep.equal([204, 'OPTIONS, POST']);
  });
});
