import { expect } from 'chai';
import * as R from 'fp-ts/lib/Record.js';
import * as t from 'io-ts';
import { Kafka, logLevel } from 'kafkajs';
import { runOrder } from '../../../src/composition/run-order.ts';
import { createConsumer, ignore } from '../../../src/consumer-kit.ts';
import type { ConsumerProcess } from '../../../src/consumer-kit.ts';
import { catalog } from '../../../src/domain/order/events/catalog.ts';
import { decodeConsumerSettings } from '../../../src/infrastructure/consumer-config.ts';
import { OrderEventsAnswer, requestExamples } from '../../../src/interfaces/contract/http.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { decoded, rightOf } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { post, send } from '../../support/http-client.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import { freshDatabase, freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import type { ServiceProcess } from '../../support/service-process.ts';

const Diagnoses = t.array(
  t.type({
    check: t.string,
    state: t.string,
    findings: t.array(t.intersection([t.type({ state: t.string, says: t.string }), t.partial({ mend: t.string })])),
  }),
);

describe('order doctor, against real servers and a service at work', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let topic: TestTopic;
  let pool: MySqlPool;
  let service: ServiceProcess;
  let own: TestDatabase;
  let ownPool: MySqlPool;
  let consumer: ConsumerProcess;
  const orders: string[] = [];

  const settings = () => ({
    MYSQL_URL: database.url,
    KAFKA_BROKERS: kafkaBrokers().join(','),
    ORDER_TOPIC: topic.name,
    OUTBOX_MAX_EVENT_BYTES: '1000000',
  });
  const doctor = async (...args: string[]) => doctorWith({}, ...args);
  const doctorWith = async (more: Readonly<Record<string, string>>, ...args: string[]) => {
    const out: string[] = [];
    const terminal = { out: (line: string) => out.push(line), err: (line: string) => out.push(line) };
    const code = await runOrder({ argv: ['doctor', '--json', ...args], env: { ...settings(), ...more }, terminal });
    const diagnoses = decoded(Diagnoses, JSON.parse(out.join('\n')));
    const of = (check: string): string =>
      (diagnoses.find((one) => one.check === check)?.findings ?? [])
        .map(({ state, says }) => `${state}: ${says}`)
        .join('\n');
    return { code, diagnoses, of };
  };
  const withConsumer = (): Readonly<Record<string, string>> => ({
    CONSUMER_MYSQL_URLS: `loyalty=${own.url}`,
    PROGRESS_URLS: 'loyalty=http://127.0.0.1:1,billing=http://127.0.0.1:2',
  });
  const write = (sql: string, values: readonly (string | number)[] = []) =>
    pool.use((connection) => connection.write(sql, values));

  before(async () => {
    [database, topic] = await Promise.all([migratedDatabase(), freshTopic()]);
    pool = testPool(database.url);
    service = await startServiceProcess('all', settings());
    for (let n = 0; n < 4; n += 1) {
      const placed = await send(service.url, post('/orders', requestExamples.PlaceOrder));
      const { orderId } = decoded(t.type({ orderId: t.string }), JSON.parse(placed.body));
      await send(service.url, post(`/orders/${orderId}/cancellation`, requestExamples.Cancellation));
      orders.push(orderId);
    }
    for (const orderId of orders)
      await eventually(async () => {
        const { body } = await send(service.url, { method: 'GET', path: `/orders/${orderId}/events` });
        const states = decoded(OrderEventsAnswer, JSON.parse(body)).events.map(({ standing }) => standing.state);
        expect(states).to.deep.equal(['published', 'published']);
      });
    own = await freshDatabase('consumer');
    ownPool = testPool(own.url);
    await consume();
  });
  const group = (): string => `loyalty-${topic.name}`;
  const consume = async (): Promise<void> => {
    const env = {
      ...{ CONSUMER_MYSQL_URL: own.url, KAFKA_BROKERS: kafkaBrokers().join(','), ORDER_TOPIC: topic.name },
      ...{ ORDERS_API_URL: service.url, LOG_LEVEL: 'silent' },
    };
    const handlers = R.map((): typeof ignore => ignore)(catalog);
    const definition = { name: 'loyalty', group: group(), handlers };
    consumer = createConsumer(definition, rightOf(decodeConsumerSettings(env, {})).settings);
    await consumer.start();
    await eventually(async () =>
      expect(await ownPool.use((connection) => connection.rows('SELECT COUNT(*) AS n FROM inbox'))).to.deep.equal([
        { n: 8 },
      ]),
    );
  };
  after(async () => {
    await consumer.stop();
    await ownPool.end();
    await own.drop();
    service.kill('SIGKILL');
    await service.ended;
    await pool.end();
    await topic.drop();
    await database.drop();
  });

  it('given all is well / then every finding says what was seen, and it ends with 0', async () => {
    const { code, diagnoses, of } = await doctor('--deep');
    expect(diagnoses.flatMap(({ findings }) => findings).filter(({ state }) => state === 'fail')).to.deep.equal([]);
    expect(code).to.equal(0);
    expect(of('this process')).to.include(`Node.js ${process.versions.node}`);
    expect(of('MySQL settings')).to.match(/^ok: MySQL \d/);
    expect(of('MySQL indexes')).to.include('outbox_claim');
    expect(of('Kafka cluster')).to.match(
      /^ok: Kafka 4\.4: brokers support metadata\.version 4\.4-IV2, the cluster has finalized 4\.4-IV2; .*6 partitions has a leader/s,
    );
    expect(of('clocks')).to.match(/MySQL's clock, compared with this machine's: between [-+]\d+ ms and [-+]\d+ ms/);
    expect(of('clocks')).to.match(/ok: Kafka's clock, compared with MySQL's: between -\d+ ms and \+\d+ ms/);
    expect(of('relays and backlog')).to.match(/relays alive: .*\n.*lanes led: 6 of 6/);
    expect(of('tables and topic')).to.match(/compared 4 orders, 8 events and 8 of 8 records/);
    expect(of('databases of consumers')).to.equal('warn: not checked: no database of a consumer is known here');
  });

  it('given a consumer’s database / then its settings, schema and, with --deep, its rows are looked into; another one is said not to be', async () => {
    const { code, of } = await doctorWith(withConsumer(), '--deep');
    expect(code).to.equal(0);
    expect(of('consumer loyalty: MySQL settings')).to.match(/^ok: MySQL \d.*ok: sessions at READ-COMMITTED/s);
    expect(of('consumer loyalty: schema')).to.match(/^ok: every migration of the kit is applied/);
    expect(of('consumer loyalty: tables')).to.equal(
      'ok: looked at 4 orders, 8 applied events (0 of which the outbox has purged), 0 that wait, 0 callbacks',
    );
    expect(of('databases of consumers')).to.equal('warn: not checked: the database of billing is not known here');
    expect((await doctorWith(withConsumer())).of('consumer loyalty: tables')).to.equal('');
  });

  it('given a consumer’s database restored while the offsets of its group were not / then it says what the consumer has nothing of, until they are set back', async () => {
    await consumer.stop();
    const [, , , later = ''] = orders;
    await write('UPDATE outbox SET published_at = published_at - INTERVAL 2 MINUTE');
    for (const table of ['inbox', 'inbox_orders'])
      await ownPool.use((connection) => connection.write(`DELETE FROM ${table} WHERE order_id = ?`, [later]));
    const restored = await doctorWith(withConsumer(), '--deep');
    expect(restored.of('consumers')).to.include(`group ${group()}: Empty, 0 members, 0 records behind`);
    expect(restored.of('consumer loyalty: tables')).to.match(
      new RegExp(`\nfail: 2 × events .* of which the consumer has nothing: event .*, sequence 1 of ${later}; event `),
    );

    const admin = new Kafka({ clientId: 'test', brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.resetOffsets({ groupId: group(), topic: topic.name, earliest: true });
    await admin.disconnect();
    await consume();
    expect((await doctorWith(withConsumer(), '--deep')).of('consumer loyalty: tables')).to.equal(
      'ok: looked at 4 orders, 8 applied events (0 of which the outbox has purged), 0 that wait, 0 callbacks',
    );
    await write('UPDATE outbox SET published_at = published_at + INTERVAL 2 MINUTE');
  });

  it('given a consumer’s database without the last migration, or that does not answer / then it says so, and fails', async () => {
    await ownPool.use((connection) =>
      connection.write('DELETE FROM consumer_kit_migrations ORDER BY file DESC LIMIT 1'),
    );
    const { code, of } = await doctorWith(withConsumer());
    expect(code).to.equal(1);
    expect(of('consumer loyalty: schema')).to.match(/^fail: migrations are pending: \d{4}-[a-z-]+\.sql$/);
    const away = { CONSUMER_MYSQL_URLS: 'loyalty=mysql://nobody:nothing@127.0.0.1:1/none' };
    expect((await doctorWith(away, '--deep')).of('consumer loyalty: tables')).to.match(/^fail: it cannot be asked/);
  });

  it('given tables as after a restore from an older backup, and rows that were changed / then --deep finds each', async () => {
    const [lost = '', changed = '', moved = ''] = orders;
    await write('DELETE FROM outbox WHERE order_id = ? AND sequence = 2', [lost]);
    await write('UPDATE orders SET version = 1 WHERE order_id = ?', [lost]);
    await write("UPDATE outbox SET payload = '{}' WHERE order_id = ? AND sequence = 1", [changed]);
    await write('UPDATE outbox SET kafka_offset = kafka_offset + 1000 WHERE order_id = ? AND sequence = 2', [moved]);
    const { code, diagnoses, of } = await doctorWith(withConsumer(), '--deep');
    expect(code).to.equal(1);
    for (const { state, mend } of diagnoses.flatMap(({ findings }) => findings))
      if (state === 'fail') expect(mend).to.be.a('string');
    expect(of('tables and topic')).to.match(new RegExp(`outbox never had: event .*sequence 2 of ${lost}`));
    expect(of('consumer loyalty: tables')).to.match(
      new RegExp(`fail: 1 × events that the outbox never had: event .*, sequence 2 of ${lost}$`),
    );
    expect(of('tables and topic')).to.match(/1 × records that are not what the outbox has/);
    expect(of('tables and topic')).to.match(new RegExp(`sequence 2 of ${moved}: .* is beyond the end of the topic`));
  });

  it('given an index that was made invisible / then it says which, and how to mend it', async () => {
    await write('ALTER TABLE outbox ALTER INDEX outbox_event INVISIBLE');
    const { code, of } = await doctor();
    await write('ALTER TABLE outbox ALTER INDEX outbox_event VISIBLE');
    expect(code).to.equal(1);
    expect(of('MySQL indexes')).to.match(/fail: index outbox_event of outbox is invisible/);
  });
});
