import { expect } from 'chai';
import * as t from 'io-ts';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { decoded } from '../../support/decoded.ts';
import { post } from '../../support/http-client.ts';
import type { HttpAnswer } from '../../support/http-client.ts';
import { quarantineEvents } from '../../support/quarantine.ts';
import { OPERATOR_TOKEN, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';

const operator = { authorization: `Bearer ${OPERATOR_TOKEN}` };
const Events = t.type({ events: t.array(t.type({ eventId: t.string, status: t.string, sequence: t.number })) });

describe('operating the outbox over HTTP', () => {
  let api: RunningApi;
  /** Placed and cancelled; the first event is quarantined, the second held by it. */
  let orderId: string;
  let quarantined: string;

  const get = (path: string): Promise<HttpAnswer> => api.send({ method: 'GET', path, headers: operator });

  before(async () => {
    api = await startApi();
    const { body } = await api.send(post('/orders', requestExamples.PlaceOrder));
    ({ orderId } = decoded(t.type({ orderId: t.string }), JSON.parse(body)));
    await api.send(post(`/orders/${orderId}/cancellation`, requestExamples.Cancellation));
    [quarantined = ''] = await quarantineEvents(api.mysqlUrl);
  });
  after(() => api.stop());

  it('lists what is quarantined', async () => {
    const { status, body } = await get('/outbox?status=QUARANTINED');
    expect(status).to.equal(200);
    const { events } = decoded(Events, JSON.parse(body));
    expect(events.map(({ eventId, status: stands, sequence }) => [eventId, stands, sequence])).to.deep.equal([
      [quarantined, 'QUARANTINED', 1],
    ]);
  });

  it('lists the events of one order, the newest first, and no more than asked for', async () => {
    const all = decoded(Events, JSON.parse((await get(`/outbox?orderId=${orderId}`)).body)).events;
    expect(all.map(({ sequence }) => sequence)).to.deep.equal([2, 1]);
    const one = decoded(Events, JSON.parse((await get('/outbox?limit=1')).body)).events;
    expect(one).to.have.lengthOf(1);
  });

  it('shows an event with its payload and every failed attempt', async () => {
    const { status, body } = await get(`/outbox/${quarantined}`);
    expect(status).to.equal(200);
    const event = decoded(
      t.type({
        payload: t.string,
        attempts: t.number,
        history: t.array(t.type({ attempt: t.number, error: t.string })),
      }),
      JSON.parse(body),
    );
    expect(JSON.parse(event.payload)).to.have.property('customerId', requestExamples.PlaceOrder.customerId);
    expect(event.attempts).to.equal(7);
    expect(event.history.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
  });

  it('redrives once: PENDING again, audited, and a repetition is answered with the same bytes', async () => {
    const request = post(`/outbox/${quarantined}/redrive`, { reason: 'the limit was raised' }, operator);
    const first = await api.send(request);
    expect([first.status, JSON.parse(first.body)]).to.deep.equal([200, { eventId: quarantined, status: 'PENDING' }]);
    const again = await api.send(request);
    expect([again.status, again.body, again.headers['idempotency-replayed']]).to.deep.equal([200, first.body, 'true']);

    const [event] = await api.rows('SELECT status, attempts FROM outbox WHERE event_id = ?', [quarantined]);
    expect(event).to.deep.equal({ status: 'PENDING', attempts: 0 });
    const audit = await api.rows('SELECT actor, action, event_id, reason FROM operator_audit');
    expect(audit).to.deep.equal([
      { actor: 'operator token', action: 'redrive', event_id: quarantined, reason: 'the limit was raised' },
    ]);
  });

  it('refuses to redrive it a second time under another key', async () => {
    const answer = await api.send(post(`/outbox/${quarantined}/redrive`, {}, operator));
    expect(answer.status).to.equal(409);
  });

  it('answers 503 when no token is configured', async () => {
    const other = await startApi({ env: { OPERATOR_TOKEN: undefined } });
    try {
      const answer = await other.send({ method: 'GET', path: '/outbox', headers: operator });
      expect(answer.status).to.equal(503);
      expect(JSON.parse(answer.body)).to.include({ type: 'urn:orderly:problem:operator-token-not-configured' });
    } finally {
      await other.stop();
    }
  });
});
