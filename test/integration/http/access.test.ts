import { createHash } from 'node:crypto';
import { expect } from 'chai';
import * as t from 'io-ts';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { decoded } from '../../support/decoded.ts';
import { post } from '../../support/http-client.ts';
import type { HttpAnswer, HttpRequest } from '../../support/http-client.ts';
import { quarantineEvents } from '../../support/quarantine.ts';
import { countRows, OPERATOR_TOKEN, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';
import { StubConsumer } from './stub-consumer.ts';

const ANNA = 'anna-operates:with~this';
const BOARD = 'the-board-looks-only';
const BOARD_SHA256 = createHash('sha256').update(BOARD).digest('hex');

/** What a route of operators needs: a viewer for what only shows, an operator for what changes. */
const ROUTES: readonly (readonly [operationId: string, method: 'GET' | 'POST', path: string, needs: string])[] = [
  ['showOverview', 'GET', '/overview', 'viewer'],
  ['explainOrder', 'GET', '/orders/ORDER/explanation', 'viewer'],
  ['listAudit', 'GET', '/audit', 'viewer'],
  ['listBlockedOrders', 'GET', '/outbox/blocked', 'viewer'],
  ['listOutbox', 'GET', '/outbox', 'viewer'],
  ['showOutboxEvent', 'GET', '/outbox/EVENT', 'viewer'],
  ['listConsumers', 'GET', '/consumers', 'viewer'],
  ['listParkedOrders', 'GET', '/consumers/stub/parked', 'viewer'],
  ['reprocessParkedOrder', 'POST', '/consumers/stub/parked/ORDER/reprocess', 'operator'],
  ['reprocessParkedOrders', 'POST', '/consumers/stub/parked/reprocess', 'operator'],
  ['redriveEvents', 'POST', '/outbox/redrive', 'operator'],
  ['skipEvents', 'POST', '/outbox/skip', 'operator'],
  ['redriveEvent', 'POST', '/outbox/EVENT/redrive', 'operator'],
  ['skipEvent', 'POST', '/outbox/EVENT/skip', 'operator'],
];
const Documented = t.type({
  paths: t.record(
    t.string,
    t.record(
      t.string,
      t.intersection([
        t.type({ operationId: t.string }),
        t.partial({ security: t.array(t.type({ operatorToken: t.array(t.string) })) }),
      ]),
    ),
  ),
});

describe('tokens and their roles', () => {
  let api: RunningApi;
  let orderId: string;
  let quarantined: string;
  const consumer = new StubConsumer();

  before(async () => {
    await consumer.open();
    api = await startApi({
      env: {
        ACCESS_TOKENS: `anna:operator:${ANNA},board:viewer:sha256:${BOARD_SHA256}`,
        PROGRESS_URLS: `stub=${consumer.url}`,
        REPROCESS_TOKENS: 'stub=a-token-of-the-consumer',
      },
    });
    const { body } = await api.send(post('/orders', requestExamples.PlaceOrder));
    ({ orderId } = decoded(t.type({ orderId: t.string }), JSON.parse(body)));
    [quarantined = ''] = await quarantineEvents(api.mysqlUrl);
  });
  after(async () => {
    await api.stop();
    await consumer.close();
    expect(consumer.asked).to.deep.equal([]);
  });

  const ask = (method: 'GET' | 'POST', path: string, authorization: string | undefined): Promise<HttpAnswer> => {
    const to = path.replace('EVENT', quarantined).replace('ORDER', orderId);
    const headers = authorization === undefined ? {} : { authorization };
    const request: HttpRequest =
      method === 'GET' ? { method, path: to, headers } : post(to, { reason: 'tried by a test' }, headers);
    return api.send(request);
  };
  const typeOf = ({ body }: HttpAnswer): string =>
    decoded(t.type({ type: t.string }), JSON.parse(body)).type.replace('urn:orderly:problem:', '');

  const strangers: readonly (readonly [title: string, authorization: string | undefined])[] = [
    ['no token', undefined],
    ['an empty token', 'Bearer '],
    ['a token of nobody', 'Bearer a-token-that-nobody-has'],
    ['a part of a token', `Bearer ${ANNA.slice(0, -1)}`],
    ['more than a token', `Bearer ${ANNA}x`],
    ['a token in capitals', `Bearer ${ANNA.toUpperCase()}`],
    ['the digest instead of the token', `Bearer ${BOARD_SHA256}`],
    ['the digest as it is configured', `Bearer sha256:${BOARD_SHA256}`],
    ['the name instead of the token', 'Bearer anna'],
    ['the name before the token', `Bearer anna:operator:${ANNA}`],
    ['two tokens', `Bearer ${ANNA} ${BOARD}`],
    ['the token as a password', `Basic ${Buffer.from(`anna:${ANNA}`).toString('base64')}`],
  ];
  for (const [operationId, method, path, needs] of ROUTES) {
    for (const [title, authorization] of strangers)
      it(`${operationId} refuses ${title} with 401 and says how to come in`, async () => {
        const before = await countRows(api);
        const answer = await ask(method, path, authorization);
        expect([answer.status, typeOf(answer)]).to.deep.equal([401, 'unauthorized']);
        expect(answer.headers['www-authenticate']).to.equal('Bearer realm="operator"');
        expect(answer.body).not.to.match(new RegExp(`${ANNA}|${BOARD}`));
        expect(await countRows(api)).to.deep.equal(before);
      });

    it(`${operationId} ${needs === 'viewer' ? 'serves' : 'refuses'} a viewer`, async () => {
      const before = await countRows(api);
      const answer = await ask(method, path, `Bearer ${BOARD}`);
      expect(answer.status).to.equal(needs === 'viewer' ? 200 : 403);
      if (needs === 'viewer') return;
      expect(typeOf(answer)).to.equal('forbidden');
      expect(answer.headers['www-authenticate']).to.equal(
        'Bearer realm="operator", error="insufficient_scope", scope="operator"',
      );
      expect(await countRows(api)).to.deep.equal(before);
      expect((await ask('GET', '/outbox/EVENT', `Bearer ${BOARD}`)).body).to.include('"status":"QUARANTINED"');
    });
  }

  it('covers every route that needs a role, and the document says which', async () => {
    const { body } = await api.send({ method: 'GET', path: '/openapi.json' });
    const operations = Object.values(decoded(Documented, JSON.parse(body)).paths).flatMap((of) => Object.values(of));
    const needing = operations.flatMap(({ operationId, security = [] }) =>
      security.flatMap(({ operatorToken }) => operatorToken.map((role) => [operationId, role])),
    );
    expect(needing).to.have.deep.members(ROUTES.map(([operationId, , , needs]) => [operationId, needs]));
  });

  it('each operator acts under the name of the token, as the audit shows', async () => {
    const again = async (token: string): Promise<void> => {
      const answer = await ask('POST', '/outbox/EVENT/redrive', `Bearer ${token}`);
      expect(answer.status, answer.body).to.equal(200);
      await quarantineEvents(api.mysqlUrl);
    };
    await again(ANNA);
    await again(OPERATOR_TOKEN);
    expect(await api.rows('SELECT actor, action FROM operator_audit ORDER BY id')).to.deep.equal([
      { actor: 'token:anna', action: 'redrive' },
      { actor: 'operator token', action: 'redrive' },
    ]);
  });
});
