import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import * as t from 'io-ts';
import { decoded } from '../../support/decoded.ts';
import { post } from '../../support/http-client.ts';
import { OPERATOR_TOKEN, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';

const Body = t.type({ content: t.record(t.string, t.type({ schema: t.UnknownRecord, example: t.unknown })) });
const OperationObject = t.intersection([
  t.type({ operationId: t.string, responses: t.record(t.string, t.unknown) }),
  t.partial({ requestBody: Body }),
]);
const Document = t.type({
  openapi: t.literal('3.1.0'),
  paths: t.record(t.string, t.record(t.string, OperationObject)),
});

/** Operation and route of every order command. */
const ORDER_COMMANDS: readonly (readonly [operationId: string, path: string])[] = [
  ['placeOrder', '/orders'],
  ['payOrder', '/orders/{orderId}/payment'],
  ['shipOrder', '/orders/{orderId}/shipment'],
  ['deliverOrder', '/orders/{orderId}/delivery'],
  ['cancelOrder', '/orders/{orderId}/cancellation'],
];

interface Example {
  readonly path: string;
  readonly operationId: string;
  readonly schema: object;
  readonly example: unknown;
}

describe('the OpenAPI document', () => {
  let api: RunningApi;
  let document: t.TypeOf<typeof Document>;
  let examples: readonly Example[];

  before(async () => {
    api = await startApi();
    const answer = await api.send({ method: 'GET', path: '/openapi.json' });
    document = decoded(Document, JSON.parse(answer.body));
    examples = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).flatMap(({ operationId, requestBody }) =>
        Object.values(requestBody?.content ?? {}).map((content) => ({ path, operationId, ...content })),
      ),
    );
  });
  after(() => api.stop());

  it('is served byte for byte as docs/contract has it', async () => {
    const { body } = await api.send({ method: 'GET', path: '/openapi.json' });
    expect(body).to.equal(readFileSync(new URL('../../../docs/contract/openapi.json', import.meta.url), 'utf8'));
  });

  it('names every route of the API', () => {
    expect(Object.keys(document.paths)).to.have.members([
      ...ORDER_COMMANDS.map(([, path]) => path),
      '/orders/{orderId}',
      '/orders/{orderId}/events',
      '/orders/{orderId}/explanation',
      '/overview',
      '/audit',
      '/consumers',
      '/consumers/{consumer}/parked',
      '/consumers/{consumer}/parked/reprocess',
      '/consumers/{consumer}/parked/{orderId}/reprocess',
      '/outbox',
      '/outbox/blocked',
      '/outbox/redrive',
      '/outbox/skip',
      '/outbox/{eventId}',
      '/outbox/{eventId}/redrive',
      '/outbox/{eventId}/skip',
      '/livez',
      '/readyz',
      '/metrics',
    ]);
  });

  it('has, for every request body, an example that its own schema accepts', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(examples.map(({ operationId }) => operationId)).to.have.members([
      ...ORDER_COMMANDS.map(([operationId]) => operationId),
      'redriveEvents',
      'skipEvents',
      'redriveEvent',
      'skipEvent',
      'reprocessParkedOrder',
      'reprocessParkedOrders',
    ]);
    for (const { operationId, schema, example } of examples)
      expect(ajv.validate(schema, example), `${operationId}: ${ajv.errorsText()}`).to.equal(true);
  });

  it('has examples that the server takes: sent one after the other they are a whole order', async () => {
    const bodyOf = (operationId: string): unknown => examples.find((one) => one.operationId === operationId)?.example;
    const place = async (): Promise<string> => {
      const answer = await api.send(post('/orders', bodyOf('placeOrder')));
      expect(answer.status, answer.body).to.equal(201);
      return decoded(t.type({ orderId: t.string }), JSON.parse(answer.body)).orderId;
    };
    const orderId = await place();
    for (const [operationId, step] of [
      ['payOrder', 'payment'],
      ['shipOrder', 'shipment'],
      ['deliverOrder', 'delivery'],
    ] as const) {
      const answer = await api.send(post(`/orders/${orderId}/${step}`, bodyOf(operationId)));
      expect(answer.status, answer.body).to.equal(200);
    }
    const cancelled = await api.send(post(`/orders/${await place()}/cancellation`, bodyOf('cancelOrder')));
    expect(cancelled.status, cancelled.body).to.equal(200);
    // Nothing is quarantined here: that the body is read is seen by what is refused.
    const authorization = `Bearer ${OPERATOR_TOKEN}`;
    for (const [operationId, act] of [
      ['redriveEvent', 'redrive'],
      ['skipEvent', 'skip'],
    ] as const) {
      const path = `/outbox/0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10/${act}`;
      const answer = await api.send(post(path, bodyOf(operationId), { authorization }));
      expect(answer.status, answer.body).to.equal(404);
    }
  });

  it('is shown as a page that loads nothing from elsewhere', async () => {
    const { status, headers, body } = await api.send({ method: 'GET', path: '/docs' });
    expect([status, headers['content-type']]).to.deep.equal([200, 'text/html; charset=utf-8']);
    for (const path of Object.keys(document.paths)) expect(body).to.include(path);
    const loaded = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(loaded).to.have.members(['/docs/style.css', '/openapi.json']);
    expect(body).not.to.match(/<script/i);
    expect((await api.send({ method: 'GET', path: '/docs/style.css' })).status).to.equal(200);
  });
});
