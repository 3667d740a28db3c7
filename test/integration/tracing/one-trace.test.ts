import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { ROOT } from '../../../tools/environment/checkout.ts';
import { eventually } from '../../support/eventually.ts';
import { post, send } from '../../support/http-client.ts';
import { migratedDatabase } from '../../support/mysql-storage.ts';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';
import { freshDatabase, freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import type { ServiceProcess } from '../../support/service-process.ts';

describe('one order, as a trace', function () {
  this.timeout(120_000);
  const receiver = new OtlpReceiver();
  const databases: TestDatabase[] = [];
  const services: ServiceProcess[] = [];
  const consumers: ChildProcess[] = [];
  let topic: TestTopic;

  const startConsumer = async (name: 'payment' | 'shipping', api: ServiceProcess): Promise<void> => {
    const database = await freshDatabase(name);
    databases.push(database);
    consumers.push(
      spawn(process.execPath, ['--import', 'tsx', `simulator/participants/${name}/main.ts`], {
        cwd: ROOT,
        stdio: 'ignore',
        env: {
          ...{ PATH: process.env['PATH'], CONSUMER_MYSQL_URL: database.url, ORDERS_API_URL: api.url },
          ...{ KAFKA_BROKERS: kafkaBrokers().join(','), ORDER_TOPIC: topic.name },
          ...{ CONSUMER_GROUP: `${name}-${topic.name}`, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
        },
      }),
    );
  };

  before(async () => {
    await receiver.open();
    topic = await freshTopic();
    const database = await migratedDatabase();
    databases.push(database);
    const env = {
      ...{ MYSQL_URL: database.url, KAFKA_BROKERS: kafkaBrokers().join(','), ORDER_TOPIC: topic.name },
      ...{ OUTBOX_MAX_EVENT_BYTES: '1000000', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    };
    const api = await startServiceProcess('api', env);
    services.push(api, await startServiceProcess('relay', env));
    await Promise.all([startConsumer('payment', api), startConsumer('shipping', api)]);
    const placed = await send(api.url, post('/orders', requestExamples.PlaceOrder));
    expect(placed.status).to.equal(201);
  });
  after(async () => {
    for (const service of services) service.kill('SIGKILL');
    for (const consumer of consumers) {
      consumer.kill('SIGKILL');
      if (consumer.exitCode === null && consumer.signalCode === null) await once(consumer, 'exit');
    }
    for (const { ended } of services) await ended;
    await receiver.close();
    await topic.drop();
    for (const database of databases) await database.drop();
  });

  it('from POST /orders over COMMIT, relay, Kafka, the charge and its callback to the shipment: one connected tree', async () => {
    const isShipment = ({ attributes }: ReceivedSpan): boolean =>
      attributes.get('messaging.consumer.group.name')?.startsWith('shipping') === true &&
      attributes.get('orderly.event.type') === 'OrderPaid';
    const tree = await eventually(() => {
      const root = receiver.spans.find(({ name }) => name === 'POST /orders');
      const spans = receiver.spans.filter(({ traceId }) => traceId === root?.traceId);
      const ids = new Set(spans.map(({ spanId }) => spanId));
      expect(spans.some(isShipment), 'the shipment').to.equal(true);
      expect(spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId))).to.deep.equal(
        [],
      );
      return spans;
    }, 60_000);
    expect(tree.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name)).to.deep.equal([
      'POST /orders',
    ]);

    const byId = new Map(tree.map((span) => [span.spanId, span]));
    const way: string[] = [];
    for (let span = tree.find(isShipment); span !== undefined; span = byId.get(span.parentSpanId ?? ''))
      way.unshift(`${span.kind} ${span.name.replace(topic.name, 'TOPIC')}`);
    expect(way).to.deep.equal([
      'server POST /orders',
      'producer create TOPIC',
      'consumer process TOPIC',
      'client POST',
      'server POST /orders/:orderId/payment',
      'producer create TOPIC',
      'consumer process TOPIC',
    ]);
    expect(tree.map(({ service }) => service)).to.include.members([
      'orderly-api',
      'orderly-relay',
      'orderly-payment',
      'orderly-shipping',
    ]);
  });

  it('each event that was published is linked to the request that carried it, and that one to each of its events', async () => {
    await eventually(() => {
      const published = receiver.spans.filter(({ name }) => name === `publish ${topic.name}`);
      const requests = receiver.spans.filter(({ name }) => name === `send ${topic.name}`);
      expect(published.length).to.be.greaterThan(1);
      for (const { links, parentSpanId } of published) {
        const request = requests.find(({ spanId }) => links.includes(spanId));
        expect(request?.links).to.include(parentSpanId);
        expect(request?.parentSpanId).to.equal(undefined);
        expect(request?.attributes.get('messaging.system')).to.equal('kafka');
      }
    }, 60_000);
  });
});
