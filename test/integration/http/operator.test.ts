import { expect } from 'chai';
import * as t from 'io-ts';
import { OrderEventsAnswer, requestExamples } from '../../../src/interfaces/contract/http.ts';
import {
  AuditAnswer,
  BlockedAnswer,
  BulkAnswer,
  ExplanationAnswer,
  OverviewAnswer,
} from '../../../src/interfaces/http/operator-answers.ts';
import { decoded } from '../../support/decoded.ts';
import { post } from '../../support/http-client.ts';
import type { HttpAnswer, HttpRequest } from '../../support/http-client.ts';
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

  it('shows an event with its headers, every failed attempt, and its payload without what may tell of a person', async () => {
    const { status, body } = await get(`/outbox/${quarantined}`);
    expect(status).to.equal(200);
    const event = decoded(
      t.type({
        payload: t.string,
        payloadBytes: t.number,
        attempts: t.number,
        headers: t.array(t.type({ name: t.string, value: t.string })),
        history: t.array(t.type({ attempt: t.number, error: t.string })),
      }),
      JSON.parse(body),
    );
    expect(body).not.to.include(requestExamples.PlaceOrder.customerId);
    expect(JSON.parse(event.payload)).to.have.property('customerId', '•••');
    expect(JSON.parse(event.payload)).to.have.nested.property('lines[0].sku', requestExamples.PlaceOrder.lines[0].sku);
    expect(event.headers.map(({ name }) => name)).to.include('traceparent');
    const plain = decoded(
      t.type({ payload: t.string, payloadBytes: t.number }),
      JSON.parse((await get(`/outbox/${quarantined}?payload=plain`)).body),
    );
    expect(JSON.parse(plain.payload)).to.have.property('customerId', requestExamples.PlaceOrder.customerId);
    // Masked or not, the size is that of what Kafka is to take.
    expect([event.payloadBytes, plain.payloadBytes]).to.deep.equal(Array(2).fill(Buffer.byteLength(plain.payload)));
    expect(event.attempts).to.equal(7);
    expect(event.history.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
  });

  it('lists a page at a time, each event once', async () => {
    const Page = t.type({ events: t.array(t.type({ sequence: t.number })), next: t.union([t.string, t.null]) });
    const first = decoded(Page, JSON.parse((await get('/outbox?limit=1')).body));
    const second = decoded(Page, JSON.parse((await get(`/outbox?limit=1&before=${first.next ?? ''}`)).body));
    expect([...first.events, ...second.events].map(({ sequence }) => sequence)).to.deep.equal([2, 1]);
    expect([first.next === null, second.next]).to.deep.equal([false, null]);
  });

  it('finds events by type and by a part of their last error, in whatever case', async () => {
    const found = async (query: string): Promise<readonly string[]> =>
      decoded(Events, JSON.parse((await get(`/outbox?${query}`)).body)).events.map(({ eventId }) => eventId);
    expect(await found('error=message_too')).to.deep.equal([quarantined]);
    expect(await found('error=%25')).to.deep.equal([]);
    expect(await found('type=OrderPlaced&status=QUARANTINED')).to.deep.equal([quarantined]);
    expect(await found('type=OrderShipped')).to.deep.equal([]);
  });

  it('shows what is held and by whom', async () => {
    const { orders } = decoded(BlockedAnswer, JSON.parse((await get('/outbox/blocked')).body));
    expect(orders.map(({ orderId: id, head, heldEvents }) => [id, head.eventId, heldEvents])).to.deep.equal([
      [orderId, quarantined, 1],
    ]);
  });

  it('tells how the whole is doing: what waits, rates, and that there is no relay', async () => {
    const overview = decoded(OverviewAnswer, JSON.parse((await get('/overview')).body));
    expect(overview.outbox).to.include({ pending: 1, held: 1, quarantined: 1, completed: 0 });
    expect(overview.activity).to.include({ windowSeconds: 60, ordersPerSecond: 1 / 60, publishDelayMs: null });
    expect(overview.relays).to.deep.equal([]);
    expect(overview.consumers).to.deep.equal([]);
  });

  it('tells the story of an order, and nothing of the customer', async () => {
    const { body } = await get(`/orders/${orderId}/explanation`);
    const { order, events, timeline } = decoded(ExplanationAnswer, JSON.parse(body));
    expect(order).to.include({ orderId, status: 'cancelled', version: 2 });
    expect(events.map(({ status }) => status)).to.deep.equal(['QUARANTINED', 'PENDING']);
    expect(timeline.map(({ what }) => what)).to.include.members(['raised', 'attempt 7 failed']);
    expect(body).not.to.include(requestExamples.PlaceOrder.customerId);
  });

  it('redrives once: PENDING again, audited, and a repetition is answered with the same bytes', async () => {
    const request = post(`/outbox/${quarantined}/redrive`, { reason: 'the limit was raised' }, operator);
    const first = await api.send(request);
    expect([first.status, JSON.parse(first.body)]).to.deep.equal([200, { eventId: quarantined, status: 'PENDING' }]);
    const again = await api.send(request);
    expect([again.status, again.body, again.headers['idempotency-replayed']]).to.deep.equal([200, first.body, 'true']);

    const [event] = await api.rows('SELECT status, attempts FROM outbox WHERE event_id = ?', [quarantined]);
    expect(event).to.deep.equal({ status: 'PENDING', attempts: 0 });
    const { acts } = decoded(AuditAnswer, JSON.parse((await get('/audit')).body));
    expect(acts.map((one) => [one.actor, one.action, one.action !== 'reprocess' && one.eventId])).to.deep.equal([
      ['operator token', 'redrive', quarantined],
    ]);
    const shown = decoded(
      t.type({ audit: t.array(t.UnknownRecord) }),
      JSON.parse((await get(`/outbox/${quarantined}`)).body),
    );
    expect(shown.audit).to.have.lengthOf(1);
    const { timeline } = decoded(ExplanationAnswer, JSON.parse((await get(`/orders/${orderId}/explanation`)).body));
    expect(timeline.slice(-2).map(({ what, detail }) => [what, detail?.replace(/ <- .*/, '')])).to.deep.equal([
      ['attempt 7 failed', 'MESSAGE_TOO_LARGE: refused by the broker'],
      ['redriven', 'by operator token: the limit was raised'],
    ]);
    const audit = await api.rows('SELECT actor, action, event_id, reason FROM operator_audit');
    expect(audit).to.deep.equal([
      { actor: 'operator token', action: 'redrive', event_id: quarantined, reason: 'the limit was raised' },
    ]);
  });

  it('refuses to redrive it a second time under another key', async () => {
    const redrive = () => api.send(post(`/outbox/${quarantined}/redrive`, {}, operator));
    await redrive();
    expect((await redrive()).status).to.equal(409);
  });

  describe('skip', () => {
    const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const reason = 'told to payment by hand – 🚚';
    const Skipped = t.type({ eventId: t.string, status: t.string, replacementEventId: t.string });
    let skipped: string;
    let order: string;
    let request: HttpRequest;
    let first: HttpAnswer;
    let replacement: string;

    before(async () => {
      const { body } = await api.send(post('/orders', requestExamples.PlaceOrder));
      ({ orderId: order } = decoded(t.type({ orderId: t.string }), JSON.parse(body)));
      await api.send(post(`/orders/${order}/cancellation`, requestExamples.Cancellation));
      await quarantineEvents(api.mysqlUrl);
      const [head] = await api.rows('SELECT event_id FROM outbox WHERE order_id = ? AND sequence = 1', [order]);
      skipped = decoded(t.type({ event_id: t.string }), head).event_id;
      request = post(`/outbox/${skipped}/skip`, { reason }, { ...operator, traceparent: TRACEPARENT });
      first = await api.send(request);
      expect(first.status, first.body).to.equal(200);
      replacement = decoded(Skipped, JSON.parse(first.body)).replacementEventId;
    });

    it('is done once: a replacement is PENDING in its place, audited, and a repetition is answered with the same bytes', async () => {
      expect(JSON.parse(first.body)).to.include({ eventId: skipped, status: 'SKIPPED' });
      const again = await api.send(request);
      expect([again.status, again.body, again.headers['idempotency-replayed']]).to.deep.equal([
        200,
        first.body,
        'true',
      ]);

      const rows = await api.rows(
        'SELECT event_id, sequence, type, version, status, payload, headers FROM outbox WHERE order_id = ? ORDER BY sequence',
        [order],
      );
      expect(rows).to.have.lengthOf(2);
      expect(rows[0]).to.deep.equal({
        event_id: replacement,
        sequence: 1,
        type: 'EventSkipped',
        version: 1,
        status: 'PENDING',
        payload: JSON.stringify({ skippedEventId: skipped, skippedType: 'OrderPlaced', reason }),
        headers: JSON.stringify({ traceparent: TRACEPARENT, ce_traceparent: TRACEPARENT }),
      });
      const audit = await api.rows("SELECT actor, event_id, reason FROM operator_audit WHERE action = 'skip'");
      expect(audit).to.deep.equal([{ actor: 'operator token', event_id: skipped, reason }]);
    });

    it('is shown with by whom, why, its replacement, its bytes and every failed attempt', async () => {
      const { status, body } = await get(`/outbox/${skipped}`);
      expect(status).to.equal(200);
      const event = decoded(t.type({ payload: t.string, history: t.array(t.unknown) }), JSON.parse(body));
      expect(event).to.deep.include({
        status: 'SKIPPED',
        skippedBy: 'operator token',
        reason,
        replacementEventId: replacement,
      });
      expect(JSON.parse(event.payload)).to.have.property('customerId', '•••');
      expect(event.history).to.have.lengthOf(7);
      const listed = decoded(Events, JSON.parse((await get('/outbox?status=SKIPPED')).body)).events;
      expect(listed.map(({ eventId, status: stands }) => [eventId, stands])).to.deep.equal([[skipped, 'SKIPPED']]);
    });

    it('is shown among the events of its order, without by whom', async () => {
      const { body } = await api.send({ method: 'GET', path: `/orders/${order}/events` });
      const { events } = decoded(OrderEventsAnswer, JSON.parse(body));
      expect(events.map(({ sequence, type, standing }) => [sequence, type, standing.state])).to.deep.equal([
        [1, 'OrderPlaced', 'skipped'],
        [1, 'EventSkipped', 'pending'],
        [2, 'OrderCancelled', 'held'],
      ]);
      expect(events[0]?.standing).to.include({ reason, replacedBy: replacement });
      expect(body).not.to.include('operator token');
    });

    it('is final: it can be neither redriven nor skipped again', async () => {
      for (const act of ['redrive', 'skip']) {
        const { status, body } = await api.send(post(`/outbox/${skipped}/${act}`, { reason: 'again' }, operator));
        expect(status).to.equal(409);
        expect(JSON.parse(body)).to.include({ type: 'urn:orderly:problem:event-already-skipped' });
        expect(body).to.include(replacement);
      }
    });
  });

  describe('many at once', () => {
    const reason = 'told to payment by hand';
    let events: readonly string[];
    const quarantinedNow = async (): Promise<readonly string[]> =>
      decoded(Events, JSON.parse((await get('/outbox?status=QUARANTINED&type=OrderPlaced')).body))
        .events.map(({ eventId }) => eventId)
        .sort();
    const statuses = (): Promise<readonly (readonly unknown[])[]> =>
      Promise.all(events.map((eventId) => api.rows('SELECT status FROM outbox WHERE event_id = ?', [eventId])));
    const ask = async (path: string, body: object): Promise<t.TypeOf<typeof BulkAnswer>> => {
      const answer = await api.send(post(path, body, operator));
      expect(answer.status, answer.body).to.equal(200);
      return decoded(BulkAnswer, JSON.parse(answer.body));
    };
    const done = ({ done: acted }: t.TypeOf<typeof BulkAnswer>): readonly string[] =>
      acted.map(({ eventId }) => eventId);

    before(async () => {
      await quarantineEvents(api.mysqlUrl);
      for (let each = 0; each < 3; each += 1) await api.send(post('/orders', requestExamples.PlaceOrder));
      await quarantineEvents(api.mysqlUrl);
      events = await quarantinedNow();
      expect(events.length).to.be.greaterThan(2);
    });

    it('a dry run says what would be done, and changes nothing', async () => {
      const before = await api.rows('SELECT COUNT(*) AS acts FROM operator_audit');
      const redriven = await ask('/outbox/redrive', { filter: { type: 'OrderPlaced' }, dryRun: true });
      expect(redriven).to.deep.include({ dryRun: true, refused: [], more: false });
      expect(done(redriven)).to.deep.equal(events);
      const skipped = await ask('/outbox/skip', { filter: { error: 'message_too' }, reason, dryRun: true });
      expect(done(skipped)).to.include.members([...events]);
      expect(await api.rows('SELECT COUNT(*) AS acts FROM operator_audit')).to.deep.equal(before);
      for (const [row] of await statuses()) expect(row).to.deep.equal({ status: 'QUARANTINED' });
    });

    it('redrives those that are named, leaves alone what cannot be, and does it once for a key', async () => {
      const [first = '', second = ''] = events;
      const unknown = '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10';
      const request = post('/outbox/redrive', { eventIds: [first, unknown], reason: 'raised' }, operator);
      const answer = await api.send(request);
      expect(answer.status, answer.body).to.equal(200);
      const outcome = decoded(BulkAnswer, JSON.parse(answer.body));
      expect(done(outcome)).to.deep.equal([first]);
      expect(outcome.refused.map(({ eventId, type }) => [eventId, type])).to.deep.equal([
        [unknown, 'urn:orderly:problem:event-not-found'],
      ]);
      const again = await api.send(request);
      expect([again.body, again.headers['idempotency-replayed']]).to.deep.equal([answer.body, 'true']);
      const audit = await api.rows("SELECT event_id FROM operator_audit WHERE reason = 'raised'");
      expect(audit).to.deep.equal([{ event_id: first }]);
      expect((await api.rows('SELECT status FROM outbox WHERE event_id = ?', [second]))[0]).to.deep.equal({
        status: 'QUARANTINED',
      });
    });

    it('skips all that are like this, each with a replacement and an audit row of its own', async () => {
      const others = await quarantinedNow();
      expect(others.length).to.be.greaterThan(1);
      const outcome = await ask('/outbox/skip', { filter: { type: 'OrderPlaced' }, reason });
      expect(done(outcome)).to.deep.equal(others);
      expect(new Set(outcome.done.map(({ replacementEventId }) => replacementEventId)).size).to.equal(others.length);
      for (const eventId of others) {
        expect(JSON.parse((await get(`/outbox/${eventId}`)).body)).to.include({ status: 'SKIPPED', reason });
        expect(
          await api.rows("SELECT action FROM operator_audit WHERE event_id = ? AND action = 'skip'", [eventId]),
        ).to.deep.equal([{ action: 'skip' }]);
      }
    });

    for (const [what, body] of [
      ['neither events nor a filter', { reason }],
      ['both', { reason, eventIds: ['0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10'], filter: {} }],
      ['no event', { reason, eventIds: [] }],
      ['a filter of another kind', { reason, filter: { status: 'PENDING' } }],
    ] as const)
      it(`refuses ${what}`, async () => {
        const answer = await api.send(post('/outbox/skip', body, operator));
        expect(answer.status, answer.body).to.equal(400);
      });
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
