import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { Kafka, logLevel } from 'kafkajs';
import { createService } from '../../../src/composition/create-service.ts';
import { decodeServiceConfig } from '../../../src/infrastructure/config.ts';
import { findJava } from '../../../tools/environment/java.ts';
import { mavenProject } from '../../../tools/environment/maven-project.ts';
import type { MavenProject } from '../../../tools/environment/maven-project.ts';
import { decoded, rightOf } from '../../support/decoded.ts';
import { post, send } from '../../support/http-client.ts';
import { migratedDatabase } from '../../support/mysql-storage.ts';
import { placeOrder, untilPublished } from '../../support/placed-order.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestTopic } from '../../support/servers.ts';
import { eventually } from '../../support/eventually.ts';
import { asMessages, lifeOf, newOrderId } from '../consumer/order-lifecycle.ts';

const ROOT = join(import.meta.dirname, '../../..');
const Summary = t.strict({
  events: t.record(t.string, t.number),
  orders: t.number,
  duplicates: t.number,
  differences: t.readonlyArray(t.string),
});
type Summary = t.TypeOf<typeof Summary>;

/* What another team needs to know of the events is in docs/contract/asyncapi.json: this reader knows nothing else. */
describe('a consumer in Java that knows the AsyncAPI document', function () {
  this.timeout(300_000);
  let project: MavenProject;
  let topic: TestTopic;

  before(async function () {
    if (typeof (await findJava()) === 'string') this.skip();
    project = await mavenProject(join(ROOT, 'examples/java-reader'), () => undefined);
  });
  beforeEach(async () => {
    topic = await freshTopic({ partitions: 6 });
  });
  afterEach(() => topic.drop());

  const readTopic = (): Promise<{ readonly code: number; readonly summary: Summary }> =>
    new Promise((resolve, reject) => {
      const args = [join(ROOT, 'docs/contract/asyncapi.json'), kafkaBrokers().join(','), topic.name];
      const options = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', project.classPath];
      const child = execFile(project.java, [...options, 'reader.ReadOrders', ...args], (error, stdout, stderr) => {
        if (child.exitCode === null || child.exitCode === 2) reject(error ?? new Error(stderr));
        else resolve({ code: child.exitCode, summary: decoded(Summary, JSON.parse(stdout)) });
      });
    });

  it('reads what the service publishes: every record as the document says, every order without a gap', async () => {
    const database = await migratedDatabase();
    const config = decodeServiceConfig({
      MYSQL_URL: database.url,
      KAFKA_BROKERS: kafkaBrokers().join(','),
      ORDER_TOPIC: topic.name,
      HTTP_PORT: '0',
      LOG_LEVEL: 'silent',
    });
    const service = await createService(rightOf(config), 'all');
    try {
      const url = await service.start();
      await eventually(async () => expect((await send(url, { method: 'GET', path: '/readyz' })).status).to.equal(200));
      const [kept, cancelled] = [await placeOrder(url), await placeOrder(url)];
      for (const orderId of [kept, cancelled]) await untilPublished(url, orderId);
      await send(url, post(`/orders/${cancelled}/cancellation`, { reason: 'changed my mind' }));
      await eventually(async () => {
        const { code, summary } = await readTopic();
        expect(summary).to.deep.equal({
          events: { OrderPlaced: 2, OrderCancelled: 1 },
          orders: 2,
          duplicates: 0,
          differences: [],
        });
        expect(code).to.equal(0);
      }, 60_000);
    } finally {
      await service.stop();
      await database.drop();
    }
  });

  it('sees a repetition as one, and names a gap, an unknown version and a payload that is not as it should be', async () => {
    const [first, second, third, fourth] = asMessages(lifeOf(newOrderId()));
    if (first === undefined || second === undefined || third === undefined || fourth === undefined)
      throw new Error('the life of an order has four events');
    const unknown = { ...third, headers: { ...third.headers, ce_dataschema: 'urn:orderly:order-shipped:9' } };
    const producer = new Kafka({ brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const messages = [first, first, { ...second, value: '{"paymentReference":"p"}' }, unknown, fourth];
    await producer.send({ topic: topic.name, messages: messages.map((message) => ({ ...message, partition: 2 })) });
    await producer.disconnect();
    const { code, summary } = await readTopic();
    expect(code).to.equal(1);
    expect(summary).to.deep.include({ orders: 1, duplicates: 1 });
    const [payload, version, gap] = summary.differences;
    expect(payload).to.match(/^partition 2, offset 2: payload .*amount/);
    expect(version).to.match(/^partition 2, offset 3: the document knows no message .*order-shipped:9/);
    expect(gap).to.equal('partition 2, offset 4: sequence 4 where 3 was due');
    expect(summary.differences).to.have.length(3);
  });
});
