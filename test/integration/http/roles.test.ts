import { expect } from 'chai';
import * as t from 'io-ts';
import { createService } from '../../../src/composition/create-service.ts';
import { decodeServiceConfig } from '../../../src/infrastructure/config.ts';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { decoded, rightOf } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { post, send } from '../../support/http-client.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import { placeOrder, untilPublished } from '../../support/placed-order.ts';
import { OPERATOR_TOKEN } from '../../support/running-service.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import type { ServiceProcess } from '../../support/service-process.ts';

const { PlaceOrder } = requestExamples;

describe('the roles of the service, against a real MySQL and a real Kafka', function () {
  this.timeout(90_000);
  let database: TestDatabase;
  let topic: TestTopic;
  let env: Readonly<Record<string, string>>;
  const started: ServiceProcess[] = [];
  const start = async (
    role: 'api' | 'relay' | 'all',
    more: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> => {
    const service = await startServiceProcess(role, { ...env, ...more });
    started.push(service);
    return service;
  };

  beforeEach(async () => {
    database = await migratedDatabase();
    topic = await freshTopic();
    env = {
      MYSQL_URL: database.url,
      KAFKA_BROKERS: kafkaBrokers().join(','),
      ORDER_TOPIC: topic.name,
      OUTBOX_MAX_EVENT_BYTES: '1000000',
    };
  });
  afterEach(async () => {
    for (const service of started.splice(0)) {
      service.kill('SIGKILL');
      await service.ended;
    }
    await topic.drop();
    await database.drop();
  });

  const orders = async (): Promise<number> => {
    const pool = testPool(database.url);
    try {
      const [row] = await pool.use((connection) => connection.rows('SELECT COUNT(*) AS orders FROM orders'));
      return decoded(t.type({ orders: t.number }), row).orders;
    } finally {
      await pool.end();
    }
  };

  it('api and relay, each its own process: an order placed at one is published by the other, both stop when asked', async () => {
    const [api, relay] = await Promise.all([start('api'), start('relay')]);
    await untilPublished(api.url, await placeOrder(api.url));
    expect((await send(relay.url, post('/orders', PlaceOrder))).status).to.equal(404);
    const metrics = await send(relay.url, { method: 'GET', path: '/metrics' });
    expect(metrics.body).to.match(/^orderly_relay_lanes_held 6$/m);
    expect(metrics.body).to.match(/^orderly_relay_published_events_total 1$/m);

    api.kill('SIGTERM');
    relay.kill('SIGINT');
    expect(await api.ended).to.deep.equal({ code: 0, signal: null });
    expect(await relay.ended).to.deep.equal({ code: 0, signal: null });

    const text = `${api.log()}${relay.log()}`;
    const LogLine = t.type({ level: t.string, time: t.string, msg: t.string });
    for (const line of text.trimEnd().split('\n')) decoded(LogLine, JSON.parse(line));
    for (const secret of [PlaceOrder.customerId, OPERATOR_TOKEN, database.url]) expect(text).not.to.include(secret);
  });

  it('a relay that was asked to stop gives the lease back: the next one works at once', async () => {
    const patient = { RELAY_LEASE_MS: '60000' };
    const first = await start('relay', patient);
    const leaseHeld = async (url: string): Promise<void> => {
      const { body } = await send(url, { method: 'GET', path: '/metrics' });
      expect(body).to.match(/^orderly_relay_lanes_held 6$/m);
    };
    await eventually(() => leaseHeld(first.url));
    first.kill('SIGTERM');
    expect((await first.ended).code).to.equal(0);
    const second = await start('relay', patient);
    await eventually(() => leaseHeld(second.url), 10_000);
  });

  it('all in one process: the commit wakes the relay, which would not have looked for half a minute', async () => {
    const slow = { RELAY_POLL_MIN_MS: '30000', RELAY_POLL_MAX_MS: '30000', HTTP_PORT: '0', LOG_LEVEL: 'silent' };
    const service = await createService(rightOf(decodeServiceConfig({ ...env, ...slow })), 'all');
    try {
      const url = await service.start();
      await eventually(async () => {
        const { body } = await send(url, { method: 'GET', path: '/metrics' });
        expect(body).to.match(/^orderly_relay_lanes_held 6$/m);
      });
      await untilPublished(url, await placeOrder(url));
    } finally {
      await service.stop();
    }
  });

  for (const [moment, kept] of [
    ['before-commit', 0],
    ['after-commit', 1],
  ] as const)
    it(`killed ${moment}: ${kept === 0 ? 'nothing was' : 'all was'} written, and the same request then gives one order`, async () => {
      const doomed = await start('api', { FAILPOINT: moment });
      const request = post('/orders', PlaceOrder);
      await send(doomed.url, request).then(
        () => expect.fail('it answered'),
        (error: unknown) => expect(error).to.have.property('code', 'ECONNRESET'),
      );
      expect(await doomed.ended).to.deep.equal({ code: null, signal: 'SIGKILL' });
      expect(await orders()).to.equal(kept);
      const next = await start('api');
      await eventually(async () => expect((await send(next.url, request)).status).to.equal(201));
      expect(await orders()).to.equal(1);
    });
});
