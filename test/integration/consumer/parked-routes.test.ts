import { expect } from 'chai';
import * as t from 'io-ts';
import { unnamedOperator } from '../../../src/infrastructure/access-tokens.ts';
import { decoded } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { send } from '../../support/http-client.ts';
import type { HttpAnswer } from '../../support/http-client.ts';
import { KitUnderTest, noteEffect, onEvery } from './kit-under-test.ts';
import type { Effect } from './kit-under-test.ts';
import { asMessages, lifeOf, newOrderId } from './order-lifecycle.ts';

const TOKEN = 'reprocess-token-of-the-tests';
const [sick, newer, healthy] = [newOrderId(), newOrderId(), newOrderId()];

const Page = t.type({
  consumer: t.string,
  orders: t.array(
    t.type({
      orderId: t.string,
      cause: t.string,
      error: t.string,
      since: t.string,
      event: t.type({ eventId: t.string, sequence: t.number, type: t.string }),
      behind: t.number,
    }),
  ),
  next: t.union([t.string, t.null]),
});
const Outcome = t.strict({
  dryRun: t.boolean,
  done: t.array(t.string),
  notParked: t.array(t.string),
  more: t.boolean,
});

describe('what a consumer has parked, over HTTP', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  let url: string;
  let closed: string;
  let broken = true;

  const page = async (query = ''): Promise<t.TypeOf<typeof Page>> => {
    const { status, body } = await send(url, { method: 'GET', path: `/parked${query}` });
    expect(status, body).to.equal(200);
    return decoded(Page, JSON.parse(body));
  };
  const ask = (body: unknown, headers: Readonly<Record<string, string>> = {}, at = url): Promise<HttpAnswer> =>
    send(at, {
      method: 'POST',
      path: '/parked/reprocess',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const outcomeOf = async (body: unknown): Promise<t.TypeOf<typeof Outcome>> => {
    const answer = await ask(body);
    expect(answer.status, answer.body).to.equal(200);
    return decoded(Outcome, JSON.parse(answer.body));
  };
  const parkedNow = async (): Promise<readonly string[]> => (await page()).orders.map(({ orderId }) => orderId);

  before(async () => {
    kit = await KitUnderTest.open();
    const effect: Effect = async (event, context) => {
      if (event.orderId === sick && event.sequence === 2 && broken) throw new Error('the printer is on fire');
      return noteEffect(event, context);
    };
    const consumer = await kit.start({ handlers: onEvery(effect) }, { reprocessToken: unnamedOperator(TOKEN) });
    url = `http://127.0.0.1:${consumer.port}`;
    const other = await kit.start({ name: 'other', group: 'nobody', handlers: onEvery(() => Promise.resolve()) });
    closed = `http://127.0.0.1:${other.port}`;
    await kit.produce(asMessages([...lifeOf(sick), ...lifeOf(healthy)]));
    await eventually(async () => expect(await parkedNow()).to.deep.equal([sick]));
    await kit.produce(asMessages(lifeOf(newer).map((event) => ({ ...event, version: event.sequence === 1 ? 1 : 2 }))));
    await eventually(async () => expect((await page('?cause=unknown-version')).orders[0]?.behind).to.equal(2));
  });
  after(() => kit.close());

  it('tells why each order is parked, since when, by which event, and how many wait behind it; no payload', async () => {
    const { consumer, orders, next } = await page();
    expect({ consumer, next, ids: orders.map(({ orderId }) => orderId) }).to.deep.equal({
      consumer: 'test',
      next: null,
      ids: [sick, newer],
    });
    const [first, second] = orders;
    expect(first).to.deep.include({ cause: 'handler-failed', behind: 2 });
    expect(first?.error).to.match(/failed 5 times: .*the printer is on fire/);
    expect(first?.event).to.include({ sequence: 2, type: 'OrderPaid' });
    expect(second).to.deep.include({ cause: 'unknown-version', behind: 2 });
    const { body } = await send(url, { method: 'GET', path: '/parked' });
    expect(body).not.to.include('pay-1');
  });

  it('goes from page to page, and by cause', async () => {
    const first = await page('?limit=1');
    expect(first.orders.map(({ orderId }) => orderId)).to.deep.equal([sick]);
    const second = await page(`?limit=1&after=${first.next ?? ''}`);
    expect([second.orders.map(({ orderId }) => orderId), second.next]).to.deep.equal([[newer], null]);
    expect((await page('?cause=unknown-type')).orders).to.deep.equal([]);
    for (const time of ['20269999999999123456', '20260230000000123456'])
      expect((await page(`?after=${time}-${sick}`)).orders, 'from no real time').to.have.lengthOf(2);
    for (const bad of ['?limit=0', '?after=x', '?cause=bad-luck', '?colour=red'])
      expect((await send(url, { method: 'GET', path: `/parked${bad}` })).status, bad).to.equal(400);
  });

  it('does nothing without the token, from a page of a browser, or for a body that is not meant', async () => {
    const body = { orderIds: [sick] };
    const refusals: readonly (readonly [string, number, HttpAnswer])[] = [
      ['no token', 401, await ask(body, { authorization: '' })],
      ['another token', 401, await ask(body, { authorization: `Bearer ${TOKEN}x` })],
      ['a page', 403, await ask(body, { origin: 'https://elsewhere.example' })],
      ['a page of this very address', 403, await ask(body, { origin: url })],
      ['a form', 415, await ask(body, { 'content-type': 'text/plain' })],
      ['no JSON', 400, await ask('{')],
      ['neither', 400, await ask({ dryRun: false })],
      ['both', 400, await ask({ orderIds: [sick], filter: {} })],
      ['a cause that is none', 400, await ask({ filter: { cause: 'bad-luck' } })],
      ['too many', 400, await ask({ orderIds: Array.from({ length: 201 }, newOrderId) })],
      ['too large', 413, await ask('x'.repeat(70_000))],
      ['another method', 405, await send(url, { method: 'GET', path: '/parked/reprocess' })],
    ];
    for (const [name, status, answer] of refusals) expect(answer.status, `${name}: ${answer.body}`).to.equal(status);
    expect(await parkedNow()).to.deep.equal([sick, newer]);
  });

  it('is off where no token is set, and names the setting', async () => {
    const { status, body } = await ask({ orderIds: [sick] }, {}, closed);
    expect([status, body]).to.deep.equal([503, body.includes('Set REPROCESS_TOKEN where other runs.') ? body : '']);
  });

  it('says what would be done and does nothing; then does it, once, and the order goes on in sequence', async () => {
    broken = false;
    const unknown = newOrderId();
    const asked = { orderIds: [sick, unknown] };
    const told = { done: [sick], notParked: [unknown], more: false };
    expect(await outcomeOf({ ...asked, dryRun: true })).to.deep.equal({ dryRun: true, ...told });
    expect(await parkedNow()).to.deep.equal([sick, newer]);
    expect(await outcomeOf(asked)).to.deep.equal({ dryRun: false, ...told });
    await eventually(async () =>
      expect((await kit.effects(sick)).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]),
    );
    expect((await outcomeOf(asked)).notParked).to.have.members([sick, unknown]);
  });

  it('given what is not mended / then all of a cause are tried, and parked again', async () => {
    const [before] = (await page()).orders;
    expect(await outcomeOf({ filter: { cause: 'handler-failed' } })).to.deep.include({ done: [] });
    expect((await outcomeOf({ filter: { cause: 'unknown-version' } })).done).to.deep.equal([newer]);
    await eventually(async () => {
      const [after] = (await page()).orders;
      expect(after?.orderId).to.equal(newer);
      expect(after?.since).not.to.equal(before?.since);
    });
  });
});
