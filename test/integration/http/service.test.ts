import { expect } from 'chai';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { post, sendInTwoSteps } from '../../support/http-client.ts';
import { complaintOf, readinessOf } from '../../support/readiness.ts';
import { countRows, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';

const withWrongPassword = (url: string): string => {
  const wrong = new URL(url);
  wrong.password = 'not-the-password';
  return wrong.toString();
};

const withApi = async (
  options: Parameters<typeof startApi>[0],
  act: (api: RunningApi) => Promise<void>,
): Promise<void> => {
  const api = await startApi(options);
  try {
    await act(api);
  } finally {
    await api.stop();
  }
};

describe('health and metrics', function () {
  this.timeout(30_000);

  it('given a pinned topic and no broker / then the API is ready: orders wait in the outbox', () =>
    withApi({}, async (api) => {
      expect((await readinessOf(api)).ready).to.equal(true);
      expect((await api.send(post('/orders', requestExamples.PlaceOrder))).status).to.equal(201);
    }));

  it('given another partition count than the stored lanes have / then not ready, it says which, and takes no order', () =>
    withApi({ env: { ORDER_PARTITIONS: '12' }, waitUntilReady: false }, async (api) => {
      expect(await complaintOf(api, 'topic')).to.match(/ORDER_PARTITIONS is 12, but the outbox was filled for 6/);
      const answer = await api.send(post('/orders', requestExamples.PlaceOrder));
      expect(answer.status).to.equal(503);
      expect(JSON.parse(answer.body)).to.include({ type: 'urn:orderly:problem:not-ready' });
    }));

  it('given a topic nobody has seen yet, and no broker / then not ready, and it names the broker', () =>
    withApi({ env: { ORDER_TOPIC: 'never.seen.v1' }, waitUntilReady: false }, async (api) => {
      expect(await complaintOf(api, 'topic')).to.match(/Kafka.*127\.0\.0\.1:1/);
    }));

  it('given a host without MySQL / then it waits, alive and not ready', () =>
    withApi({ reachMySqlAt: () => 'mysql://app:app@127.0.0.1:1/orders', waitUntilReady: false }, async (api) => {
      expect(await complaintOf(api, 'MySQL settings')).to.match(/ECONNREFUSED/);
      expect((await api.send({ method: 'GET', path: '/livez' })).status).to.equal(200);
    }));

  it('given a MySQL host name that does not exist / then not ready, and it names the host', () =>
    withApi({ reachMySqlAt: () => 'mysql://app:app@nowhere.invalid/orders', waitUntilReady: false }, async (api) => {
      for (const check of ['MySQL settings', 'MySQL schema', 'topic'])
        expect(await complaintOf(api, check)).to.include('nowhere.invalid');
    }));

  it('given a wrong password / then not ready, and it says so', () =>
    withApi({ reachMySqlAt: withWrongPassword, waitUntilReady: false }, async (api) => {
      expect(await complaintOf(api, 'MySQL settings')).to.match(/Access denied/);
    }));

  it('counts events and requests for Prometheus, by route and not by address', () =>
    withApi({}, async (api) => {
      await api.send(post('/orders', requestExamples.PlaceOrder));
      await api.send({ method: 'GET', path: '/orders/0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10' });
      const { body, headers } = await api.send({ method: 'GET', path: '/metrics' });
      expect(headers['content-type']).to.match(/^text\/plain/);
      expect(body).to.match(/^orderly_outbox_events\{state="pending"\} 1$/m);
      expect(body).to.match(/^orderly_outbox_readable 1$/m);
      expect(body).to.match(
        /^orderly_http_request_duration_seconds_count\{.*route="\/orders\/:orderId",status="404"\} 1$/m,
      );
      expect(body).not.to.include('0197e0f5');
    }));

  it('limits how many requests one address may send a second', () =>
    withApi({ env: { HTTP_RATE_LIMIT_PER_SECOND: '5' } }, async (api) => {
      const answers = await Promise.all(
        Array.from({ length: 30 }, () => api.send(post('/orders', requestExamples.PlaceOrder))),
      );
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).to.be.greaterThan(10);
      for (const { body, headers } of refused) {
        expect(JSON.parse(body)).to.include({ type: 'urn:orderly:problem:rate-limited' });
        expect(headers['retry-after']).to.equal('1');
      }
      expect((await api.send({ method: 'GET', path: '/livez' })).status).to.equal(200);
    }));

  it('sends security headers with every answer, refusals too', () =>
    withApi({}, async (api) => {
      for (const path of ['/docs', '/nowhere', '/orders/x']) {
        const { headers } = await api.send({ method: 'GET', path });
        expect(headers['content-security-policy']).to.include("default-src 'none'");
        expect(headers['x-content-type-options']).to.equal('nosniff');
        expect(headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
      }
    }));

  it('finishes a request that has begun before it stops, and accepts no other', async () => {
    const api = await startApi();
    try {
      const body = JSON.stringify(requestExamples.PlaceOrder);
      const answer = await sendInTwoSteps(api.url, post('/orders', body), () => {
        void api.stopService();
      });
      expect(answer.status, answer.body).to.equal(201);
      await api.stopService();
      await api.send({ method: 'GET', path: '/livez' }).then(
        () => expect.fail('it still answers'),
        (refused: unknown) => expect(refused).to.have.property('code', 'ECONNREFUSED'),
      );
      expect((await countRows(api)).orders).to.equal(1);
    } finally {
      await api.stop();
    }
  });
});
