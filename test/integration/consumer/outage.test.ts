import { expect } from 'chai';
import { FaultProxy } from '../../../simulator/faults/proxy/fault-proxy.ts';
import { Unavailable } from '../../../src/consumer-kit.ts';
import { stallEventLoop } from '../../../src/infrastructure/faults-on-signal.ts';
import { eventually } from '../../support/eventually.ts';
import { freshTopic } from '../../support/servers.ts';
import { KitUnderTest, noteEffect, onEvery } from './kit-under-test.ts';
import { asMessages, lifeOf, newOrderId } from './order-lifecycle.ts';

describe('an outage', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  beforeEach(async () => {
    kit = await KitUnderTest.open();
  });
  afterEach(() => kit.close());

  it('given a database that goes away / then the partition pauses, nothing is parked or lost, and it goes on', async () => {
    const behind = new URL(kit.database.url);
    const proxy = await FaultProxy.open(behind.host);
    const url = new URL(behind);
    url.host = proxy.address;
    try {
      const mysql = { ...kit.settings().mysql, url: url.toString() };
      const consumer = await kit.start({}, { mysql });
      await kit.produce(asMessages(lifeOf(newOrderId())));
      await eventually(async () => expect(await kit.effects()).to.have.length(4));

      proxy.cut();
      const orders = [newOrderId(), newOrderId()];
      await kit.produce(asMessages(orders.flatMap(lifeOf)));
      await eventually(async () => expect(await kit.metric(consumer, 'pauses_total')).to.equal(1));
      const ready = await fetch(`http://127.0.0.1:${consumer.port}/readyz`);
      expect(ready.status).to.equal(503);
      expect(await ready.text()).to.contain('database does not answer');
      expect(await kit.effects()).to.have.length(4);
      await eventually(async () => expect(await kit.committed()).to.equal(4));

      proxy.heal();
      await eventually(async () => expect(await kit.effects()).to.have.length(12));
      for (const orderId of orders)
        expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4]);
      expect(await kit.metric(consumer, 'parked_total')).to.equal(0);
      expect(await kit.metric(consumer, 'paused_partitions')).to.equal(0);
    } finally {
      await proxy.close();
    }
  });

  it('given a handler whose own dependency is away / then it pauses, whatever the number of attempts, and never parks', async () => {
    const orderId = newOrderId();
    let attempts = 0;
    const handlers = onEvery((event, context) => {
      attempts += 1;
      if (attempts <= 7) throw new Unavailable('the bank does not answer');
      return noteEffect(event, context);
    });
    const consumer = await kit.start({ handlers });
    await kit.produce(asMessages(lifeOf(orderId)));
    await eventually(async () => expect(await kit.effects(orderId)).to.have.length(4), 30_000);
    expect(await kit.metric(consumer, 'parked_total')).to.equal(0);
    expect(await kit.metric(consumer, 'handler_failures_total')).to.equal(0);
  });

  it('given a database and a broker that are not there yet at start / then it waits, and stops when asked', async () => {
    const settings = kit.settings();
    const nowhere = new URL(settings.mysql.url);
    nowhere.port = '1';
    const starting = kit.start({}, { mysql: { ...settings.mysql, url: nowhere.toString() } });
    const [consumer] = kit.consumers();
    if (consumer === undefined) throw new Error('a consumer is starting');
    await eventually(async () => {
      expect((await fetch(`http://127.0.0.1:${consumer.port}/livez`)).status).to.equal(200);
      const ready = await fetch(`http://127.0.0.1:${consumer.port}/readyz`);
      expect(ready.status).to.equal(503);
      expect(await ready.text()).to.match(/database does not answer: .*127\.0\.0\.1:1\b/);
    });
    await kit.stop(consumer);
    await starting;
  });

  it('given a broker whose host name does not exist / then not ready, and it names the host', async () => {
    const kafka = { ...kit.settings().kafka, brokers: ['nowhere.invalid:9092'] };
    const consumer = await kit.start({}, { kafka });
    await eventually(async () => {
      const ready = await fetch(`http://127.0.0.1:${consumer.port}/readyz`);
      expect(ready.status).to.equal(503);
      expect(await ready.text()).to.match(/not a member of group .*Kafka at nowhere\.invalid:9092\b/);
    });
  });

  it('given an event loop that stood still for a while / then not ready, and it says for how long', async () => {
    const consumer = await kit.start();
    await eventually(() => expect(consumer.kafka).to.include({ joined: true }), 30_000);
    stallEventLoop(2_500);
    const ready = await fetch(`http://127.0.0.1:${consumer.port}/readyz`);
    expect(ready.status).to.equal(503);
    expect(await ready.text()).to.match(/event loop: it was stalled for \d{4} ms/);
  });

  it('given a topic that is not there yet / then it comes up by itself once the topic is made', async () => {
    const late = await freshTopic({ partitions: 1 });
    await late.drop();
    const consumer = await kit.start({}, { kafka: { ...kit.settings().kafka, topic: late.name } });
    await eventually(async () => expect(await kit.metric(consumer, 'restarts_after_crash_total')).to.be.greaterThan(0));
    expect(await (await fetch(`http://127.0.0.1:${consumer.port}/readyz`)).text()).to.match(
      /Kafka at .*: .*does not host this topic/,
    );
    const admin = kit.kafka.admin();
    await admin.connect();
    try {
      await admin.createTopics({ topics: [{ topic: late.name, numPartitions: 1 }], waitForLeaders: true });
    } finally {
      await admin.disconnect();
    }
    await eventually(() => expect(consumer.kafka).to.include({ joined: true, failure: undefined }), 30_000);
    await kit.stop(consumer);
    await late.drop();
  });
});
