import { expect } from 'chai';
import * as t from 'io-ts';
import { unnamedOperator } from '../../../src/infrastructure/access-tokens.ts';
import { ConsumersAnswer, ParkedAnswer, ReprocessManyAnswer } from '../../../src/interfaces/http/consumer-answers.ts';
import { AuditAnswer } from '../../../src/interfaces/http/operator-answers.ts';
import { decoded } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { freshKey, post } from '../../support/http-client.ts';
import type { HttpAnswer } from '../../support/http-client.ts';
import { OPERATOR_TOKEN, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';
import { KitUnderTest, noteEffect, onEvery } from '../consumer/kit-under-test.ts';
import { asMessages, lifeOf, newOrderId } from '../consumer/order-lifecycle.ts';
import { StubConsumer } from './stub-consumer.ts';
import type { Manner } from './stub-consumer.ts';

const TOKEN = 'reprocess-token-of-the-tests';
const VIEWER = 'viewer-token-of-the-tests';
const operator = { authorization: `Bearer ${OPERATOR_TOKEN}` };
const viewer = { authorization: `Bearer ${VIEWER}` };
const Problem = t.type({ type: t.string, detail: t.string });

describe('parked orders of consumers over HTTP', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  let api: RunningApi;
  const stub = new StubConsumer();
  const parked = [newOrderId(), newOrderId(), newOrderId()];
  const [first = '', second = '', third = ''] = parked;
  let broken = true;

  const get = (path: string, headers = operator): Promise<HttpAnswer> => api.send({ method: 'GET', path, headers });
  const act = (path: string, body: unknown, key = freshKey(), headers = operator): Promise<HttpAnswer> =>
    api.send(post(`/consumers/${path}`, body, { ...headers, 'idempotency-key': key }));
  const parkedNow = async (query = ''): Promise<readonly string[]> => {
    const { orders } = decoded(ParkedAnswer, JSON.parse((await get(`/consumers/test/parked${query}`)).body));
    return orders.map(({ orderId }) => orderId);
  };
  const problemOf = ({ body }: HttpAnswer): t.TypeOf<typeof Problem> => decoded(Problem, JSON.parse(body));
  const auditOf = async (orderId: string): Promise<readonly unknown[]> => {
    const { acts } = decoded(AuditAnswer, JSON.parse((await get('/audit?limit=1000')).body));
    return acts.flatMap((one) =>
      one.action === 'reprocess' && one.orderId === orderId ? [[one.consumer, one.actor, one.outcome, one.reason]] : [],
    );
  };

  before(async () => {
    kit = await KitUnderTest.open();
    await stub.open();
    const handlers = onEvery(async (event, context) => {
      if (broken && event.sequence === 2) throw new Error('the printer is on fire');
      return noteEffect(event, context);
    });
    const consumer = await kit.start({ handlers }, { reprocessToken: unnamedOperator(TOKEN) });
    const urls = [
      `test=http://127.0.0.1:${consumer.port}`,
      `stub=${stub.url}`,
      'gone=http://127.0.0.1:2',
      `closed=http://127.0.0.1:${consumer.port}`,
      `stranger=http://127.0.0.1:${consumer.port}`,
    ];
    api = await startApi({
      env: {
        ACCESS_TOKENS: `board:viewer:${VIEWER}`,
        PROGRESS_URLS: urls.join(','),
        REPROCESS_TOKENS: `test=${TOKEN},stub=${TOKEN},gone=${TOKEN},stranger=${TOKEN}-of-another`,
      },
    });
    for (const orderId of parked) await kit.produce(asMessages(lifeOf(orderId)));
    await eventually(async () => {
      expect((await parkedNow()).toSorted()).to.deep.equal(parked.toSorted());
      const { orders } = decoded(ParkedAnswer, JSON.parse((await get('/consumers/test/parked')).body));
      expect(orders.map(({ behind }) => behind)).to.deep.equal([2, 2, 2]);
    });
  });
  after(async () => {
    await api.stop();
    await stub.close();
    await kit.close();
  });

  it('lists the consumers: how each is doing, or why that is not known, and whether it may be asked', async () => {
    const { consumers } = decoded(ConsumersAnswer, JSON.parse((await get('/consumers', viewer)).body));
    const [test, , gone, closed] = consumers;
    expect(test?.status).to.include({ joined: true, parkedOrders: 3 });
    expect([test?.consumer, test?.mayReprocess]).to.deep.equal(['test', true]);
    expect([gone?.status, gone?.unknown]).to.deep.equal([null, gone?.unknown]);
    expect(gone?.unknown).to.match(/does not answer/);
    expect(closed?.mayReprocess).to.equal(false);
  });

  it('lists what a consumer has parked, with why, page by page, for viewers too', async () => {
    const { orders } = decoded(ParkedAnswer, JSON.parse((await get('/consumers/test/parked', viewer)).body));
    expect(orders[0]).to.deep.include({ cause: 'handler-failed', behind: 2 });
    expect(orders[0]?.error).to.match(/the printer is on fire/);
    expect(orders[0]?.event).to.include({ sequence: 2, type: 'OrderPaid' });
    expect(await parkedNow('?cause=unknown-type')).to.deep.equal([]);
    const page = decoded(ParkedAnswer, JSON.parse((await get('/consumers/test/parked?limit=2')).body));
    const rest = await parkedNow(`?limit=2&after=${page.next ?? ''}`);
    expect([...page.orders.map(({ orderId }) => orderId), ...rest].toSorted()).to.deep.equal(parked.toSorted());
  });

  it('refuses what is not meant, and has nothing of it on record', async () => {
    const reason = { reason: 'mended' };
    const refusals: readonly (readonly [string, number, string, HttpAnswer])[] = [
      ['a viewer', 403, 'forbidden', await act(`test/parked/${first}/reprocess`, reason, 'k', viewer)],
      ['nobody', 404, 'consumer-not-found', await act(`nobody/parked/${first}/reprocess`, reason)],
      ['nobody’s list', 404, 'consumer-not-found', await get('/consumers/nobody/parked')],
      ['a strange name', 404, 'consumer-not-found', await get('/consumers/NO%20ONE/parked')],
      ['no reason', 400, 'invalid-body', await act(`test/parked/${first}/reprocess`, {})],
      ['neither', 400, 'invalid-body', await act('test/parked/reprocess', reason)],
      ['no token here', 503, 'reprocess-token-not-configured', await act(`closed/parked/${first}/reprocess`, reason)],
      ['a list from nowhere', 502, 'consumer-did-nothing', await get('/consumers/gone/parked')],
    ];
    for (const [name, status, type, answer] of refusals)
      expect([answer.status, problemOf(answer).type], name).to.deep.equal([status, `urn:orderly:problem:${type}`]);
    expect(problemOf(await act(`closed/parked/${first}/reprocess`, reason)).detail).to.match(/REPROCESS_TOKENS/);
    expect(await api.rows('SELECT id FROM consumer_acts')).to.deep.equal([]);
  });

  it('says what would be done to many, and does nothing', async () => {
    const body = { filter: { cause: 'handler-failed' }, reason: 'mended', dryRun: true };
    const { body: answer } = await act('test/parked/reprocess', body);
    const outcome = decoded(ReprocessManyAnswer, JSON.parse(answer));
    expect(outcome).to.deep.include({ dryRun: true, refused: [], more: false });
    expect(outcome.done.map(({ orderId }) => orderId).toSorted()).to.deep.equal(parked.toSorted());
    expect(await parkedNow()).to.have.lengthOf(3);
    expect(await api.rows('SELECT id FROM consumer_acts')).to.deep.equal([]);
  });

  it('re-processes one: its effects come, it is on record, and a repetition is answered with the same bytes', async () => {
    broken = false;
    const key = freshKey();
    const path = `test/parked/${first}/reprocess`;
    const once = await act(path, { reason: 'the printer is new' }, key);
    expect([once.status, JSON.parse(once.body)]).to.deep.equal([
      200,
      { consumer: 'test', orderId: first, released: true },
    ]);
    const again = await act(path, { reason: 'the printer is new' }, key);
    expect([again.body, again.headers['idempotency-replayed']]).to.deep.equal([once.body, 'true']);
    expect((await act(path, { reason: 'another' }, key)).status).to.equal(422);
    await eventually(async () => expect(await kit.effects(first)).to.have.lengthOf(4));
    expect(await auditOf(first)).to.deep.equal([['test', 'operator token', 'released', 'the printer is new']]);
  });

  it('says that an order is not parked, or no longer, and has that on record', async () => {
    const answer = await act(`test/parked/${first}/reprocess`, { reason: 'once more' });
    expect([answer.status, problemOf(answer).type]).to.deep.equal([409, 'urn:orderly:problem:order-not-parked']);
    expect((await auditOf(first))[0]).to.deep.equal(['test', 'operator token', 'not-parked', 'once more']);
  });

  it('re-processes many, each on record, and tells which were not parked', async () => {
    const answer = await act('test/parked/reprocess', { orderIds: [first, second, third], reason: 'all of them' });
    const { done, refused } = decoded(ReprocessManyAnswer, JSON.parse(answer.body));
    expect(done.map(({ orderId }) => orderId).toSorted()).to.deep.equal([second, third].toSorted());
    expect(refused).to.deep.include({
      orderId: first,
      type: 'urn:orderly:problem:order-not-parked',
      detail: `Order ${first} is not parked at test, or no longer.`,
    });
    for (const orderId of [second, third]) {
      await eventually(async () => expect(await kit.effects(orderId)).to.have.lengthOf(4));
      expect(await auditOf(orderId)).to.deep.equal([['test', 'operator token', 'released', 'all of them']]);
    }
  });

  it('takes any UUID for an order, as consumers do that park it', async () => {
    const orderId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    const one = await act(`stub/parked/${orderId}/reprocess`, { reason: 'mended' });
    const many = await act('stub/parked/reprocess', { orderIds: [orderId], reason: 'mended' });
    expect([one.status, many.status]).to.deep.equal([200, 200]);
  });

  it('has it on record before the consumer is asked', async () => {
    const orderId = newOrderId();
    let seen: readonly unknown[] = [];
    stub.whenAsked = async () => {
      seen = await auditOf(orderId);
    };
    await act(`stub/parked/${orderId}/reprocess`, { reason: 'in time' });
    stub.whenAsked = () => Promise.resolve();
    expect(seen).to.deep.equal([['stub', 'operator token', 'unknown', 'in time']]);
    expect(await auditOf(orderId)).to.deep.equal([['stub', 'operator token', 'released', 'in time']]);
  });

  for (const manner of ['hangs up', 'tells of none', 'breaks'] satisfies readonly Manner[])
    it(`given a consumer that ${manner} / then nobody claims to know, and the same key goes on from there`, async () => {
      const [orderId, key, body] = [newOrderId(), freshKey(), { reason: 'try' }];
      stub.manner = manner;
      const lost = await act(`stub/parked/${orderId}/reprocess`, body, key);
      expect([lost.status, problemOf(lost).type]).to.deep.equal([504, 'urn:orderly:problem:consumer-outcome-unknown']);
      expect(await auditOf(orderId)).to.deep.equal([['stub', 'operator token', 'unknown', 'try']]);
      stub.manner = 'releases all';
      expect((await act(`stub/parked/${orderId}/reprocess`, body, key)).status).to.equal(200);
      expect(await auditOf(orderId)).to.deep.equal([['stub', 'operator token', 'released', 'try']]);
      expect(stub.asked.filter((asked) => asked.includes(orderId))).to.have.lengthOf(2);
    });

  for (const [name, why] of [
    ['gone', /does not answer/],
    ['stranger', /401.*token is missing or wrong/],
  ] as const)
    it(`given a consumer that is certain to have done nothing (${name}) / then that is answered, and on record`, async () => {
      const orderId = newOrderId();
      const answer = await act(`${name}/parked/${orderId}/reprocess`, { reason: 'try' });
      expect([answer.status, problemOf(answer).type]).to.deep.equal([502, 'urn:orderly:problem:consumer-did-nothing']);
      expect(problemOf(answer).detail).to.match(why);
      expect(answer.body).not.to.include(TOKEN);
      expect(await auditOf(orderId)).to.deep.equal([[name, 'operator token', 'not-done', 'try']]);
    });

  it('tells of every act once, the newest first, page by page, among those on the outbox', async () => {
    await api.rows("INSERT INTO operator_audit (actor, action) VALUES ('janitor', 'purge')");
    const acts: unknown[] = [];
    let next: string | null = '';
    while (next !== null && acts.length <= 100) {
      const { body } = await get(`/audit?limit=2${next === '' ? '' : `&before=${next}`}`);
      const page: t.TypeOf<typeof AuditAnswer> = decoded(AuditAnswer, JSON.parse(body));
      acts.push(...page.acts);
      next = page.next;
    }
    const whole = decoded(AuditAnswer, JSON.parse((await get('/audit?limit=1000')).body));
    expect(acts).to.deep.equal(whole.acts);
    expect(whole.acts.map(({ action }) => action)).to.include.members(['purge', 'reprocess']);
    const times = whole.acts.map(({ at }) => at);
    expect(times).to.deep.equal(times.toSorted().toReversed());
  });
});
