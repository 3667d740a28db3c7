import { expect } from 'chai';
import * as t from 'io-ts';
import type { ConsumerProcess } from '../../../src/consumer-kit.ts';
import { eventually } from '../../support/eventually.ts';
import { KitUnderTest } from './kit-under-test.ts';
import { asMessages, envelope, lifeOf, newOrderId } from './order-lifecycle.ts';

const DAY_MS = 86_400_000;
const JANITOR = { inboxRetentionMs: DAY_MS, janitorEveryMs: 50 };

describe('the inbox of a consumer, in the long run', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  afterEach(() => kit.close());

  const inboxRows = async (): Promise<number> =>
    (await kit.rows(t.type({ n: t.number }), 'SELECT COUNT(*) AS n FROM inbox'))[0]?.n ?? Number.NaN;
  const makeOlder = (days: number): Promise<unknown> =>
    kit.pool.use((connection) => connection.write(`UPDATE inbox SET applied_at = applied_at - INTERVAL ${days} DAY`));
  const runs = async (consumer: ConsumerProcess): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${consumer.port}/metrics`)).text();
    return Number(/^orderly_janitor_inbox_runs_total\{outcome="done"\} (\d+)$/m.exec(text)?.[1]);
  };
  const anotherRun = async (consumer: ConsumerProcess): Promise<void> => {
    const before = await runs(consumer);
    // The one at work may have looked before; the one after it has not.
    await eventually(async () => expect(await runs(consumer)).to.be.greaterThan(before + 1));
  };

  it('given rows older than the topic keeps records / then they go; what comes again has no effect, and its order goes on', async () => {
    kit = await KitUnderTest.open({ config: { 'retention.ms': String(2 * DAY_MS) } });
    const orderId = newOrderId();
    const [placed, paid, shipped] = lifeOf(orderId);
    if (placed === undefined || paid === undefined || shipped === undefined) throw new Error('a life is longer');
    const consumer = await kit.start({}, JANITOR);
    await kit.produce(asMessages([placed, paid]));
    await eventually(async () => expect(await kit.effects()).to.have.length(2));

    await makeOlder(2);
    await anotherRun(consumer);
    expect(await inboxRows()).to.equal(2);
    await makeOlder(2);
    await eventually(async () => expect(await inboxRows()).to.equal(0));

    await kit.produce(asMessages([placed, paid, shipped]));
    await eventually(async () => expect(await kit.effects()).to.have.length(3));
    expect((await kit.effects()).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3]);
    expect(await kit.metric(consumer, 'duplicates_total')).to.equal(2);
    const { lastSequence, parked } = await kit.progress(consumer, orderId);
    expect({ lastSequence, parked }).to.deep.equal({ lastSequence: 3, parked: null });

    // What is not purged is compared as ever: a new ID at a settled sequence parks the order.
    await kit.produce(asMessages([envelope(orderId, 3, 'OrderShipped')]));
    await eventually(async () => expect((await kit.progress(consumer, orderId)).parked).not.to.equal(null));
  });

  it('given a topic that keeps its records for ever / then the inbox keeps its rows', async () => {
    kit = await KitUnderTest.open({ config: { 'retention.ms': '-1' } });
    const consumer = await kit.start({}, JANITOR);
    await kit.produce(asMessages(lifeOf(newOrderId())));
    await eventually(async () => expect(await kit.effects()).to.have.length(4));
    await makeOlder(1_000);
    await anotherRun(consumer);
    expect(await inboxRows()).to.equal(4);
  });
});
