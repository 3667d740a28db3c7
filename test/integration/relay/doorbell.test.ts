import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import * as t from 'io-ts';
import { createService } from '../../../src/composition/create-service.ts';
import { runOrder } from '../../../src/composition/run-order.ts';
import { decodeServiceConfig } from '../../../src/infrastructure/config.ts';
import type { Environment } from '../../../src/infrastructure/config.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { decoded, rightOf } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { send } from '../../support/http-client.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import { placeOrder, untilPublished } from '../../support/placed-order.ts';
import { quarantineEvents } from '../../support/quarantine.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import { metricOf } from './relay-processes.ts';

const LANES = 6;
const HARDLY_POLLS = { RELAY_POLL_MIN_MS: '60000', RELAY_POLL_MAX_MS: '60000' };
/** Nothing that waits for a poll comes in time. */
const LONG_BEFORE_A_POLL_MS = 20_000;
const SENT = 'orderly_doorbell_rings_sent_total';
const RECEIVED = 'orderly_doorbell_rings_received_total';

const Member = t.strict({ doorbell: t.union([t.string, t.null]) });

interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

describe('the doorbell between processes, over a real MySQL and a real Kafka', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let topic: TestTopic;
  let pool: MySqlPool;
  const started: Running[] = [];

  beforeEach(async () => {
    database = await migratedDatabase();
    topic = await freshTopic({ partitions: LANES });
    pool = testPool(database.url, { connections: 2 });
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((service) => service.stop()));
    await pool.end();
    await topic.drop();
    await database.drop();
  });

  const settings = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
    MYSQL_URL: database.url,
    KAFKA_BROKERS: kafkaBrokers().join(','),
    ORDER_TOPIC: topic.name,
    OUTBOX_MAX_EVENT_BYTES: '1000000',
    ...env,
  });
  /** A relay in a process of its own. */
  const spawnRelay = async (env: Readonly<Record<string, string>>): Promise<Running> => {
    const { url, kill, ended } = await startServiceProcess('relay', settings(env));
    const stop = async (): Promise<void> => {
      kill('SIGKILL');
      await ended;
    };
    started.push({ url, stop });
    return { url, stop };
  };
  /** A service that shares this process with others, and nothing else with them. */
  const start = async (role: 'api' | 'relay' | 'all', env: Readonly<Record<string, string>> = {}): Promise<Running> => {
    const quiet: Environment = { HTTP_PORT: '0', RELAY_HTTP_PORT: '0', LOG_LEVEL: 'silent', ...settings(env) };
    const service = await createService(rightOf(decodeServiceConfig(quiet)), role);
    const url = await service.start();
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= service.stop());
    started.push({ url, stop });
    await eventually(async () => expect((await send(url, { method: 'GET', path: '/readyz' })).status).to.equal(200));
    return { url, stop };
  };
  const leads = (relay: Running, lanes: number): Promise<void> =>
    eventually(async () => {
      expect(await metricOf(relay, 'orderly_relay_lanes_held')).to.equal(lanes);
    });
  const publishes = async (api: Running, orders = 1): Promise<void> => {
    const placed = await Promise.all(Array.from({ length: orders }, () => placeOrder(api.url)));
    for (const orderId of placed) await untilPublished(api.url, orderId, LONG_BEFORE_A_POLL_MS);
  };
  const doorbells = async (): Promise<readonly (string | null)[]> => {
    const rows = await pool.use((connection) =>
      connection.rows('SELECT doorbell FROM relay_members ORDER BY joined_at'),
    );
    return decodeRows(Member, rows).map(({ doorbell }) => doorbell);
  };

  it('given commits in one process and relays in others that would not look for a minute / then all is out long before', async () => {
    const [api, first] = await Promise.all([start('api'), spawnRelay(HARDLY_POLLS)]);
    await leads(first, LANES);
    await publishes(api);
    const second = await start('relay', HARDLY_POLLS);
    await Promise.all([leads(first, LANES / 2), leads(second, LANES / 2)]);
    await publishes(api, 4 * LANES);
    for (const relay of [first, second]) expect(await metricOf(relay, RECEIVED)).to.be.greaterThan(0);
    expect(await metricOf(api, SENT)).to.be.greaterThan(0);
  });

  it('given the relay is replaced by another one / then the next commit is out at once again', async () => {
    const api = await start('api');
    const first = await start('relay', HARDLY_POLLS);
    await leads(first, LANES);
    await publishes(api);
    await first.stop();
    const second = await start('relay', HARDLY_POLLS);
    await leads(second, LANES);
    await publishes(api);
    expect(await metricOf(second, RECEIVED)).to.be.greaterThan(0);
  });

  it('given an event that is redriven or skipped by a command / then it is out long before a poll, unless rings are switched off', async () => {
    const api = await start('api');
    const orders = [await placeOrder(api.url), await placeOrder(api.url), await placeOrder(api.url)];
    expect(await quarantineEvents(database.url)).to.have.lengthOf(orders.length);
    const relay = await start('relay', HARDLY_POLLS);
    await leads(relay, LANES);
    const command = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> => {
      const complaints: string[] = [];
      const terminal = { out: () => undefined, err: (line: string) => complaints.push(line) };
      expect(await runOrder({ argv, env: settings(env), terminal })).to.equal(0);
      expect(complaints).to.deep.equal([]);
    };
    const eventOf = async (orderId: string | undefined): Promise<string> => {
      const rows = await pool.use((connection) =>
        connection.rows('SELECT event_id AS eventId FROM outbox WHERE order_id = ?', [orderId ?? '']),
      );
      return decoded(t.tuple([t.type({ eventId: t.string })]), rows)[0].eventId;
    };
    const [redriven = '', skipped = '', silent = ''] = orders;

    await command(['outbox', 'redrive', await eventOf(silent)], { RELAY_DOORBELL: 'off' });
    expect(await metricOf(relay, RECEIVED)).to.equal(0);
    await command(['outbox', 'redrive', await eventOf(redriven)]);
    for (const orderId of [silent, redriven]) await untilPublished(api.url, orderId, LONG_BEFORE_A_POLL_MS);
    await command(['outbox', 'skip', await eventOf(skipped), '--reason', 'told by hand']);
    await eventually(async () => {
      const rows = await pool.use((connection) =>
        connection.rows('SELECT type, status FROM outbox WHERE order_id = ?', [skipped]),
      );
      expect(rows).to.deep.equal([{ type: 'EventSkipped', status: 'COMPLETED' }]);
    }, LONG_BEFORE_A_POLL_MS);
  });

  it('given processes that do everything and share the lanes / then one wakes the other', async () => {
    const first = await start('all', HARDLY_POLLS);
    const second = await start('all', HARDLY_POLLS);
    await Promise.all([leads(first, LANES / 2), leads(second, LANES / 2)]);
    await publishes(first, 4 * LANES);
    expect(await metricOf(second, RECEIVED)).to.be.greaterThan(0);
    expect(await metricOf(first, RECEIVED)).to.equal(0);
  });

  it('given rings that are lost on their way / then polling alone finds what was committed', async () => {
    const relay = await start('relay', { RELAY_LEASE_MS: '60000' });
    await leads(relay, LANES);
    const elsewhere = createSocket('udp4').bind(0, '127.0.0.1');
    let lost = 0;
    elsewhere.on('message', () => (lost += 1));
    await once(elsewhere, 'listening');
    try {
      const address = `127.0.0.1:${elsewhere.address().port}`;
      await pool.use((connection) => connection.write('UPDATE relay_members SET doorbell = ?', [address]));
      const api = await start('api');
      await publishes(api, 4 * LANES);
      expect(lost).to.be.greaterThan(0);
      expect(await metricOf(relay, RECEIVED)).to.equal(0);
    } finally {
      elsewhere.close();
    }
  });

  it('given it is switched off / then nobody listens or rings, and polling does it', async () => {
    const [relay, api] = await Promise.all([start('relay', { RELAY_DOORBELL: 'off' }), start('api')]);
    await leads(relay, LANES);
    expect(await doorbells()).to.deep.equal([null]);
    await publishes(api);
    expect(await metricOf(api, SENT)).to.equal(0);
  });

  it('given a relay that listens / then others are told where, until it leaves', async () => {
    const relay = await start('relay', { RELAY_DOORBELL_HOST: '127.0.0.1' });
    await leads(relay, LANES);
    const [told] = await doorbells();
    expect(told).to.match(/^127\.0\.0\.1:\d+$/);
    await relay.stop();
    expect(await doorbells()).to.deep.equal([]);
  });
});
