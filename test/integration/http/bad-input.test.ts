import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import * as t from 'io-ts';
import { decoded } from '../../support/decoded.ts';
import { freshKey, post } from '../../support/http-client.ts';
import type { HttpRequest } from '../../support/http-client.ts';
import { countRows, OPERATOR_TOKEN, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';

/*
 * What the API refuses, one line each: what is sent, the status and `type` it is answered with, and the fields that
 * are named. After each: nothing was written.
 */

const Problem = t.intersection([
  t.type({ type: t.string, title: t.string, status: t.number, detail: t.string }),
  t.partial({ errors: t.array(t.type({ path: t.string, message: t.string })) }),
]);

const line = { sku: 'tea', quantity: 2, unitPrice: { amountMinor: 450, currency: 'EUR' } };
const order = { customerId: 'customer-1', lines: [line] };
const withLine = (change: object): unknown => ({ ...order, lines: [{ ...line, ...change }] });
const withPrice = (change: object): unknown => withLine({ unitPrice: { ...line.unitPrice, ...change } });
const orders = (body: unknown, headers = {}): HttpRequest => post('/orders', body, headers);
const text = JSON.stringify(order);
const NOWHERE = '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10';
const operator = { authorization: `Bearer ${OPERATOR_TOKEN}` };

interface Existing {
  /** Placed, at version 1, total 900 EUR, with key `used-key` and the body `text`. */
  readonly placed: string;
  /** Cancelled. */
  readonly cancelled: string;
  /** Its event, PENDING. */
  readonly event: string;
}

interface Case {
  readonly title: string;
  readonly send: HttpRequest | ((existing: Existing) => HttpRequest);
  readonly status: number;
  /** After `urn:orderly:problem:`. */
  readonly type: string;
  /** Paths in `errors`, all of them. */
  readonly fields?: readonly string[];
  readonly header?: readonly [string, string];
}

const cases: readonly Case[] = [
  // JSON that is none, or not one thing
  { title: 'an empty body', send: orders(''), status: 400, type: 'malformed-json', fields: [''] },
  { title: 'blanks for a body', send: orders(' \n'), status: 400, type: 'malformed-json', fields: [''] },
  { title: 'no body at all', send: { ...orders(''), body: '' }, status: 400, type: 'malformed-json' },
  { title: 'malformed JSON', send: orders('{"customerId":}'), status: 400, type: 'malformed-json', fields: [''] },
  { title: 'truncated JSON', send: orders(text.slice(0, -3)), status: 400, type: 'malformed-json', fields: [''] },
  { title: 'two JSON values', send: orders(`${text}${text}`), status: 400, type: 'malformed-json', fields: [''] },
  { title: 'NaN for a number', send: orders(text.replace('2', 'NaN')), status: 400, type: 'malformed-json' },
  { title: 'a comment in JSON', send: orders(`/* */${text}`), status: 400, type: 'malformed-json' },
  {
    title: 'bytes that are not UTF-8',
    send: orders(Buffer.concat([Buffer.from('{"customerId":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])),
    status: 400,
    type: 'malformed-json',
  },
  {
    title: 'a key twice',
    send: orders(text.replace('"quantity":2', '"quantity":2,"quantity":3')),
    status: 400,
    type: 'malformed-json',
    fields: ['lines[0].quantity'],
  },
  {
    title: 'a key twice, once written with escapes',
    send: orders(text.replace('"quantity":2', '"quantity":2,"\\u0071uantity":3')),
    status: 400,
    type: 'malformed-json',
    fields: ['lines[0].quantity'],
  },
  {
    title: '__proto__',
    send: orders(`{"__proto__":{"admin":true},${text.slice(1)}`),
    status: 400,
    type: 'malformed-json',
    fields: ['__proto__'],
  },
  {
    title: 'constructor, deeper down',
    send: orders(text.replace('"quantity":2', '"quantity":2,"constructor":{"prototype":{}}')),
    status: 400,
    type: 'malformed-json',
    fields: ['lines[0].constructor'],
  },
  {
    title: '100,000 nested lists',
    send: orders(`{"lines":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    status: 400,
    type: 'malformed-json',
  },
  {
    title: '40 nested objects',
    send: orders('{"a":'.repeat(40) + '1' + '}'.repeat(40)),
    status: 400,
    type: 'malformed-json',
  },

  // JSON of another shape
  { title: 'null for the body', send: orders('null'), status: 400, type: 'invalid-body', fields: [''] },
  { title: 'a list for the body', send: orders([order]), status: 400, type: 'invalid-body', fields: [''] },
  { title: 'a text for the body', send: orders('"order"'), status: 400, type: 'invalid-body', fields: [''] },
  {
    title: 'nothing in the body',
    send: orders({}),
    status: 400,
    type: 'invalid-body',
    fields: ['customerId', 'lines'],
  },
  {
    title: 'an object for a text',
    send: orders({ ...order, customerId: { toString: 'x' } }),
    status: 400,
    type: 'invalid-body',
    fields: ['customerId'],
  },
  {
    title: 'a number for a text',
    send: orders({ ...order, customerId: 7 }),
    status: 400,
    type: 'invalid-body',
    fields: ['customerId'],
  },
  {
    title: 'an unknown field',
    send: orders({ ...order, discount: 1 }),
    status: 400,
    type: 'invalid-body',
    fields: ['discount'],
  },
  {
    title: 'an unknown field, deeper down',
    send: orders(withPrice({ rate: 1 })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].unitPrice.rate'],
  },
  { title: 'no lines', send: orders({ ...order, lines: [] }), status: 400, type: 'invalid-body', fields: ['lines'] },
  {
    title: '2,001 lines',
    send: orders({ ...order, lines: Array.from({ length: 2_001 }, () => line) }),
    status: 400,
    type: 'invalid-body',
    fields: ['lines'],
  },

  // Numbers
  {
    title: 'a negative quantity',
    send: orders(withLine({ quantity: -1 })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].quantity'],
  },
  {
    title: 'no quantity',
    send: orders(withLine({ quantity: 0 })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].quantity'],
  },
  {
    title: 'half a piece',
    send: orders(withLine({ quantity: 0.5 })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].quantity'],
  },
  {
    title: 'a text for a quantity',
    send: orders(withLine({ quantity: '2' })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].quantity'],
  },
  {
    title: 'a huge quantity',
    send: orders(text.replace('2', '1e400')),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].quantity'],
  },
  {
    title: 'minus zero',
    send: orders(text.replace('450', '-0')),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].unitPrice.amountMinor'],
  },
  {
    title: 'an amount that a number cannot hold exactly',
    send: orders(text.replace('450', '9007199254740993')),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].unitPrice.amountMinor'],
  },
  {
    title: 'a total that a number cannot hold exactly',
    send: orders(withLine({ quantity: 100_000, unitPrice: { amountMinor: Number.MAX_SAFE_INTEGER, currency: 'EUR' } })),
    status: 422,
    type: 'order-total-too-large',
  },

  // Texts
  {
    title: 'an unknown currency',
    send: orders(withPrice({ currency: 'XXX' })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].unitPrice.currency'],
  },
  {
    title: 'a currency in lower case',
    send: orders(withPrice({ currency: 'eur' })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].unitPrice.currency'],
  },
  {
    title: 'two currencies',
    send: orders({ ...order, lines: [line, { ...line, unitPrice: { amountMinor: 1, currency: 'USD' } }] }),
    status: 422,
    type: 'mixed-currencies',
  },
  {
    title: 'a NUL in a text',
    send: orders(withLine({ sku: 'tea\u0000' })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].sku'],
  },
  {
    title: 'a line break in a text',
    send: orders(withLine({ sku: 'tea\nmug' })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].sku'],
  },
  {
    title: 'a lone surrogate',
    send: orders(text.replace('tea', '\\ud83d')),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].sku'],
  },
  {
    title: 'an empty text',
    send: orders(withLine({ sku: '' })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].sku'],
  },
  {
    title: 'blanks around a text',
    send: orders(withLine({ sku: ' tea' })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].sku'],
  },
  {
    title: '65 emoji where 64 characters fit',
    send: orders(withLine({ sku: '🫖'.repeat(65) })),
    status: 400,
    type: 'invalid-body',
    fields: ['lines[0].sku'],
  },
  {
    title: '10 KB for an ID',
    send: orders({ ...order, customerId: 'x'.repeat(10_240) }),
    status: 400,
    type: 'invalid-body',
    fields: ['customerId'],
  },
  {
    title: 'many wrong fields: all are named',
    send: orders({
      customerId: '',
      lines: [{ sku: '', quantity: 0, unitPrice: { amountMinor: -1, currency: 'X' } }],
      extra: 1,
    }),
    status: 400,
    type: 'invalid-body',
    fields: [
      'customerId',
      'lines[0].sku',
      'lines[0].quantity',
      'lines[0].unitPrice.amountMinor',
      'lines[0].unitPrice.currency',
      'extra',
    ],
  },

  // Size, type and encoding of the body
  { title: 'a body over 256 KB', send: orders('x'.repeat(256 * 1_024 + 1)), status: 413, type: 'body-too-large' },
  {
    title: 'no content type',
    send: orders(text, { 'content-type': undefined }),
    status: 415,
    type: 'unsupported-media-type',
  },
  {
    title: 'a form',
    send: orders('customerId=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
    type: 'unsupported-media-type',
  },
  {
    title: 'plain text',
    send: orders(text, { 'content-type': 'text/plain' }),
    status: 415,
    type: 'unsupported-media-type',
  },
  {
    title: 'another character set',
    send: orders(text, { 'content-type': 'application/json; charset=utf-16' }),
    status: 415,
    type: 'unsupported-media-type',
  },
  {
    title: 'a gzip bomb',
    send: orders(gzipSync(Buffer.alloc(10_000_000, ' ')), { 'content-encoding': 'gzip' }),
    status: 415,
    type: 'unsupported-content-encoding',
    header: ['accept-encoding', 'identity'],
  },

  // Headers
  {
    title: 'no Idempotency-Key',
    send: orders(order, { 'idempotency-key': undefined }),
    status: 400,
    type: 'idempotency-key-required',
    fields: ['Idempotency-Key'],
  },
  {
    title: 'an empty Idempotency-Key',
    send: orders(order, { 'idempotency-key': '' }),
    status: 400,
    type: 'idempotency-key-required',
  },
  {
    title: 'an Idempotency-Key of 256 characters',
    send: orders(order, { 'idempotency-key': 'k'.repeat(256) }),
    status: 400,
    type: 'invalid-header',
    fields: ['Idempotency-Key'],
  },
  {
    title: 'an Idempotency-Key with a blank',
    send: orders(order, { 'idempotency-key': 'a b' }),
    status: 400,
    type: 'invalid-header',
    fields: ['Idempotency-Key'],
  },
  {
    title: 'an Idempotency-Key beyond ASCII',
    send: orders(order, { 'idempotency-key': 'schlüssel' }),
    status: 400,
    type: 'invalid-header',
    fields: ['Idempotency-Key'],
  },
  {
    title: 'two Idempotency-Keys',
    send: orders(order, { 'idempotency-key': ['a', 'b'] }),
    status: 400,
    type: 'invalid-header',
    fields: ['Idempotency-Key'],
  },
  {
    title: 'the same key with another body',
    send: orders({ ...order, customerId: 'customer-2' }, { 'idempotency-key': 'used-key' }),
    status: 422,
    type: 'idempotency-key-reused',
  },
  {
    title: 'the same key with the same order written differently',
    send: orders(JSON.stringify(order, null, 1), { 'idempotency-key': 'used-key' }),
    status: 422,
    type: 'idempotency-key-reused',
  },
  {
    title: 'an If-Match that is no version',
    send: ({ placed }) => post(`/orders/${placed}/cancellation`, { reason: 'x' }, { 'if-match': '1' }),
    status: 400,
    type: 'invalid-header',
    fields: ['If-Match'],
  },
  {
    title: 'a stale version',
    send: ({ placed }) => post(`/orders/${placed}/cancellation`, { reason: 'x' }, { 'if-match': '"2"' }),
    status: 412,
    type: 'stale-version',
  },
  {
    title: 'headers of 20 KB',
    send: orders(order, { 'x-much': 'x'.repeat(20_000) }),
    status: 431,
    type: 'headers-too-large',
  },

  // Orders in another state, and those that are not there
  {
    title: 'shipping what is not paid',
    send: ({ placed }) => post(`/orders/${placed}/shipment`, { carrier: 'a', trackingNumber: 'b' }),
    status: 409,
    type: 'order-not-paid',
  },
  {
    title: 'delivering what is not shipped',
    send: ({ placed }) => post(`/orders/${placed}/delivery`, { receivedBy: 'a' }),
    status: 409,
    type: 'order-not-shipped',
  },
  {
    title: 'paying too little',
    send: ({ placed }) =>
      post(`/orders/${placed}/payment`, { paymentReference: 'a', amount: { amountMinor: 899, currency: 'EUR' } }),
    status: 422,
    type: 'payment-amount-mismatch',
  },
  {
    title: 'paying in another currency',
    send: ({ placed }) =>
      post(`/orders/${placed}/payment`, { paymentReference: 'a', amount: { amountMinor: 900, currency: 'USD' } }),
    status: 422,
    type: 'payment-amount-mismatch',
  },
  {
    title: 'paying what is cancelled',
    send: ({ cancelled }) =>
      post(`/orders/${cancelled}/payment`, { paymentReference: 'a', amount: { amountMinor: 900, currency: 'EUR' } }),
    status: 409,
    type: 'order-already-cancelled',
  },
  {
    title: 'cancelling twice',
    send: ({ cancelled }) => post(`/orders/${cancelled}/cancellation`, { reason: 'x' }),
    status: 409,
    type: 'order-already-cancelled',
  },
  {
    title: 'an unknown order',
    send: post(`/orders/${NOWHERE}/cancellation`, { reason: 'x' }),
    status: 404,
    type: 'order-not-found',
  },
  {
    title: 'SQL for an order ID',
    send: post("/orders/1'%20OR%20'1'='1/cancellation", { reason: 'x' }),
    status: 404,
    type: 'order-not-found',
  },
  {
    title: 'reading an unknown order',
    send: { method: 'GET', path: `/orders/${NOWHERE}` },
    status: 404,
    type: 'order-not-found',
  },
  {
    title: 'the events of an unknown order',
    send: { method: 'GET', path: `/orders/${NOWHERE}/events` },
    status: 404,
    type: 'order-not-found',
  },
  {
    title: 'an order ID in upper case',
    send: ({ placed }) => ({ method: 'GET', path: `/orders/${placed.toUpperCase()}` }),
    status: 404,
    type: 'order-not-found',
  },
  {
    title: '10 KB for an ID in the path',
    send: { method: 'GET', path: `/orders/${'a'.repeat(10_240)}` },
    status: 400,
    type: 'malformed-request',
  },

  // Paths and methods
  {
    title: 'a path that cannot be decoded',
    send: { method: 'GET', path: '/orders/%zz' },
    status: 400,
    type: 'malformed-request',
  },
  { title: 'an unknown path', send: { method: 'GET', path: '/order' }, status: 404, type: 'route-not-found' },
  {
    title: 'a wrong method',
    send: { method: 'DELETE', path: `/orders/${NOWHERE}` },
    status: 405,
    type: 'method-not-allowed',
    header: ['allow', 'GET, HEAD, OPTIONS'],
  },
  {
    title: 'a wrong method with a body of another type',
    send: { method: 'PUT', path: '/orders', headers: { 'content-type': 'text/csv' }, body: 'a;b' },
    status: 405,
    type: 'method-not-allowed',
    header: ['allow', 'OPTIONS, POST'],
  },

  // Operators
  {
    title: 'operating without a token',
    send: { method: 'GET', path: '/outbox' },
    status: 401,
    type: 'unauthorized',
    header: ['www-authenticate', 'Bearer realm="operator"'],
  },
  {
    title: 'operating with another token',
    send: { method: 'GET', path: '/outbox', headers: { authorization: 'Bearer operator-token-of-the-test' } },
    status: 401,
    type: 'unauthorized',
  },
  {
    title: 'operating with the token as a password',
    send: { method: 'GET', path: '/outbox', headers: { authorization: `Basic ${OPERATOR_TOKEN}` } },
    status: 401,
    type: 'unauthorized',
  },
  {
    title: 'redriving without a token',
    send: ({ event }) => post(`/outbox/${event}/redrive`, {}),
    status: 401,
    type: 'unauthorized',
  },
  {
    title: 'a wrong filter: every parameter is named',
    send: { method: 'GET', path: '/outbox?status=LOST&limit=0&x=1', headers: operator },
    status: 400,
    type: 'invalid-query',
    fields: ['status', 'limit', 'x'],
  },
  {
    title: 'a filter twice',
    send: { method: 'GET', path: '/outbox?status=PENDING&status=PENDING', headers: operator },
    status: 400,
    type: 'invalid-query',
    fields: ['status'],
  },
  {
    title: 'an unknown event',
    send: { method: 'GET', path: `/outbox/${NOWHERE}`, headers: operator },
    status: 404,
    type: 'event-not-found',
  },
  {
    title: 'redriving an unknown event',
    send: post(`/outbox/${NOWHERE}/redrive`, {}, operator),
    status: 404,
    type: 'event-not-found',
  },
  {
    title: 'redriving what is no event ID',
    send: post('/outbox/1/redrive', {}, operator),
    status: 404,
    type: 'event-not-found',
  },
  {
    title: 'redriving what is not quarantined',
    send: ({ event }) => post(`/outbox/${event}/redrive`, {}, operator),
    status: 409,
    type: 'event-not-quarantined',
  },
  {
    title: 'redriving without an Idempotency-Key',
    send: ({ event }) => post(`/outbox/${event}/redrive`, {}, { ...operator, 'idempotency-key': undefined }),
    status: 400,
    type: 'idempotency-key-required',
  },
  {
    title: 'redriving with an unknown field',
    send: ({ event }) => post(`/outbox/${event}/redrive`, { force: true }, operator),
    status: 400,
    type: 'invalid-body',
    fields: ['force'],
  },
  {
    title: 'skipping without a token',
    send: ({ event }) => post(`/outbox/${event}/skip`, { reason: 'why' }),
    status: 401,
    type: 'unauthorized',
  },
  {
    title: 'skipping an unknown event',
    send: post(`/outbox/${NOWHERE}/skip`, { reason: 'why' }, operator),
    status: 404,
    type: 'event-not-found',
  },
  {
    title: 'skipping what is no event ID',
    send: post('/outbox/1/skip', { reason: 'why' }, operator),
    status: 404,
    type: 'event-not-found',
  },
  {
    title: 'skipping what is not quarantined',
    send: ({ event }) => post(`/outbox/${event}/skip`, { reason: 'why' }, operator),
    status: 409,
    type: 'event-not-quarantined',
  },
  {
    title: 'skipping without an Idempotency-Key',
    send: ({ event }) =>
      post(`/outbox/${event}/skip`, { reason: 'why' }, { ...operator, 'idempotency-key': undefined }),
    status: 400,
    type: 'idempotency-key-required',
  },
  {
    title: 'skipping without a body',
    send: ({ event }) => ({ ...post(`/outbox/${event}/skip`, '', operator), body: '' }),
    status: 400,
    type: 'malformed-json',
  },
  ...(
    [
      ['without a reason', {}],
      ['with an empty reason', { reason: '' }],
      ['with blanks for a reason', { reason: '  ' }],
      ['with a reason of 501 characters', { reason: 'x'.repeat(501) }],
      ['with a reason of two lines', { reason: 'too\nlarge' }],
      ['with a NUL in the reason', { reason: 'too\u0000large' }],
      ['with half a character in the reason', { reason: 'too \ud83d large' }],
      ['with an object for a reason', { reason: {} }],
    ] as const
  ).map(([how, body]): Case => ({
    title: `skipping ${how}`,
    send: ({ event }) => post(`/outbox/${event}/skip`, body, operator),
    status: 400,
    type: 'invalid-body',
    fields: ['reason'],
  })),
  {
    title: 'skipping with an unknown field',
    send: ({ event }) => post(`/outbox/${event}/skip`, { reason: 'why', force: true }, operator),
    status: 400,
    type: 'invalid-body',
    fields: ['force'],
  },
  {
    title: 'the wrong method for a skip',
    send: ({ event }) => ({ method: 'DELETE', path: `/outbox/${event}/skip`, headers: operator }),
    status: 405,
    type: 'method-not-allowed',
    header: ['allow', 'OPTIONS, POST'],
  },
];

describe('HTTP refuses bad input, names what is wrong, and writes nothing', function () {
  this.timeout(60_000);
  let api: RunningApi;
  let existing: Existing;

  const place = async (key: string): Promise<string> => {
    const answer = await api.send(orders(text, { 'idempotency-key': key }));
    return decoded(t.type({ orderId: t.string }), JSON.parse(answer.body)).orderId;
  };

  before(async () => {
    api = await startApi({ env: { HTTP_REQUEST_TIMEOUT_MS: '700' } });
    const placed = await place('used-key');
    const cancelled = await place(freshKey());
    await api.send(post(`/orders/${cancelled}/cancellation`, { reason: 'changed my mind' }));
    const [event] = await api.rows('SELECT event_id FROM outbox WHERE order_id = ?', [placed]);
    existing = { placed, cancelled, event: decoded(t.type({ event_id: t.string }), event).event_id };
  });
  after(() => api.stop());

  for (const { title, send, status, type, fields, header } of cases)
    it(`${title} → ${status} ${type}`, async () => {
      const before = await countRows(api);
      const answer = await api.send(typeof send === 'function' ? send(existing) : send);
      const problem = decoded(Problem, JSON.parse(answer.body));
      expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
      expect({ status: answer.status, type: problem.type }).to.deep.equal({
        status,
        type: `urn:orderly:problem:${type}`,
      });
      expect(problem.status).to.equal(status);
      if (fields !== undefined) expect(problem.errors?.map(({ path }) => path)).to.have.members([...fields]);
      if (header !== undefined) expect(answer.headers[header[0]]).to.equal(header[1]);
      expect(await countRows(api)).to.deep.equal(before);
    });

  /** What the server says on a bare connection after `bytes`; it has to end the connection itself. */
  const onBareConnection = (bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(bytes));
      let said = '';
      socket.on('data', (data) => {
        said += data.toString();
      });
      socket.on('error', reject);
      socket.on('end', () => {
        socket.end();
        resolve(said);
      });
    });
  const requestHead = `POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: slow\r\n`;

  it('a body that comes too slowly → 408 request-timeout', async () => {
    const before = await countRows(api);
    const said = await onBareConnection(`${requestHead}Content-Length: ${text.length}\r\n\r\n${text.slice(0, 20)}`);
    expect(said).to.match(/^HTTP\/1\.1 408 /);
    expect(said).to.include('urn:orderly:problem:request-timeout');
    expect(await countRows(api)).to.deep.equal(before);
  });

  it('two lengths for one body → 400 malformed-request', async () => {
    const before = await countRows(api);
    const said = await onBareConnection(
      `${requestHead}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    expect(said).to.match(/^HTTP\/1\.1 400 /);
    expect(said).to.include('urn:orderly:problem:malformed-request');
    expect(await countRows(api)).to.deep.equal(before);
  });

  it('what is no HTTP → 400 malformed-request', async () => {
    const said = await onBareConnection('EHLO orderly\r\n\r\n');
    expect(said).to.match(/^HTTP\/1\.1 400 /);
    expect(said).to.include('urn:orderly:problem:malformed-request');
  });
});
