import { expect } from 'chai';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { eventually } from '../../support/eventually.ts';
import { post } from '../../support/http-client.ts';
import type { HttpAnswer } from '../../support/http-client.ts';
import { countRows, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';

const { PlaceOrder } = requestExamples;
/** The statement on the wire: the byte before it keeps READ-COMMITTED of the session setup from being taken for it. */
const COMMIT = '\u0001COMMIT';

const problemType = ({ body }: HttpAnswer): unknown => (JSON.parse(body) as { type?: unknown }).type;

/** Starts an API that reaches MySQL through a proxy. */
const startBehindProxy = async (
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly api: RunningApi; readonly proxy: TcpProxy; readonly stop: () => Promise<void> }> => {
  const mysql = new URL(process.env['MYSQL_URL'] ?? '');
  const proxy = await startTcpProxy({ host: mysql.hostname, port: Number(mysql.port) });
  const api = await startApi({
    env: { MYSQL_QUERY_TIMEOUT_MS: '1500', MYSQL_ACQUIRE_TIMEOUT_MS: '300', ...env },
    reachMySqlAt: (url) => {
      const through = new URL(url);
      through.hostname = '127.0.0.1';
      through.port = String(proxy.port);
      return through.toString();
    },
  });
  return {
    api,
    proxy,
    stop: async () => {
      await api.stop();
      await proxy.close();
    },
  };
};

describe('the API while MySQL is in trouble', function () {
  this.timeout(60_000);

  it('frozen: 503 with Retry-After within seconds, readiness fails, and after it all the same request succeeds once', async () => {
    const { api, proxy, stop } = await startBehindProxy();
    try {
      const before = await countRows(api);
      const request = post('/orders', PlaceOrder);
      proxy.freeze();
      const started = performance.now();
      const refused = await api.send(request);
      expect(performance.now() - started).to.be.lessThan(10_000);
      expect(refused.status).to.equal(503);
      expect(problemType(refused)).to.equal('urn:orderly:problem:database-unavailable');
      expect(refused.headers['retry-after']).to.equal('1');
      await eventually(async () => {
        const { status, body } = await api.send({ method: 'GET', path: '/readyz' });
        expect(status).to.equal(503);
        expect(body).to.include('MySQL settings');
      });
      expect((await api.send({ method: 'GET', path: '/livez' })).status).to.equal(200);
      expect(await countRows(api)).to.deep.equal(before);

      proxy.heal();
      await eventually(async () => expect((await api.send(request)).status).to.equal(201));
      expect(await countRows(api)).to.deep.equal({
        ...before,
        orders: before.orders + 1,
        outbox: before.outbox + 1,
        keys: before.keys + 1,
      });
      await eventually(async () => expect((await api.send({ method: 'GET', path: '/readyz' })).status).to.equal(200));
    } finally {
      await stop();
    }
  });

  it('the answer to COMMIT lost: the unit is rerun with its key and answers with the order that was committed', async () => {
    const { api, proxy, stop } = await startBehindProxy();
    try {
      const before = await countRows(api);
      proxy.closeAfter(COMMIT, 1);
      const request = post('/orders', PlaceOrder);
      const answer = await api.send(request);
      expect(answer.status, answer.body).to.equal(201);
      expect(answer.headers['idempotency-replayed']).to.equal('true');
      expect((await api.send(request)).body).to.equal(answer.body);
      expect((await countRows(api)).orders).to.equal(before.orders + 1);
    } finally {
      await stop();
    }
  });

  it('every answer to COMMIT lost: 503 of its own type, and the same request later finds the one order', async () => {
    const { api, proxy, stop } = await startBehindProxy();
    try {
      const before = await countRows(api);
      const request = post('/orders', PlaceOrder);
      proxy.dropAnswersTo(COMMIT);
      const answer = await api.send(request);
      expect([answer.status, problemType(answer)]).to.deep.equal([503, 'urn:orderly:problem:commit-outcome-unknown']);
      expect(answer.headers['retry-after']).to.equal('1');
      proxy.heal();
      await eventually(async () => expect((await api.send(request)).status).to.equal(201));
      expect((await countRows(api)).orders).to.equal(before.orders + 1);
    } finally {
      await stop();
    }
  });

  it('no connection free: 503 at once, and no request waits for ever', async () => {
    const { api, stop } = await startBehindProxy({ MYSQL_CONNECTIONS: '1' });
    try {
      const key = { 'idempotency-key': 'held-key' };
      await api.holdingTransaction(
        "INSERT INTO idempotency_keys (method, path, idempotency_key, fingerprint) VALUES ('POST', '/orders', 'held-key', '')",
        [],
        async () => {
          const waiting = api.send(post('/orders', PlaceOrder, key));
          const answers = await Promise.all(Array.from({ length: 5 }, () => api.send(post('/orders', PlaceOrder))));
          const refused = answers.filter(({ status }) => status === 503);
          expect(refused).not.to.be.empty;
          for (const answer of refused)
            expect(problemType(answer)).to.equal('urn:orderly:problem:database-unavailable');
          await waiting;
        },
      );
    } finally {
      await stop();
    }
  });
});
