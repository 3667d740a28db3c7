import { randomUUID } from 'node:crypto';
import * as t from 'io-ts';
import { expect } from 'chai';
import { encodeEnvelope } from '../../../src/interfaces/contract/envelope.ts';
import type { Envelope } from '../../../src/interfaces/contract/envelope.ts';
import type { ConsumerProcess } from '../../../src/consumer-kit.ts';
import { eventually } from '../../support/eventually.ts';
import { KitUnderTest } from './kit-under-test.ts';
import { asMessage, envelope, lifeOf, newOrderId } from './order-lifecycle.ts';
import type { RawMessage } from './order-lifecycle.ts';

/** What becomes of a bad record that comes as the second of an order. */
type Fate =
  /** Kept as evidence, and its order is parked. */
  | 'parks its order'
  /** Kept as evidence for itself: it does not say whose it is. Its order misses an event. */
  | 'parks alone'
  /** Stored until the missing event arrives. */
  | 'waits';

interface Poison {
  readonly name: string;
  readonly make: (good: Envelope, first: Envelope) => RawMessage;
  readonly fate: Fate;
  readonly reason?: RegExp;
}

const withHeaders = (good: Envelope, headers: Readonly<Record<string, string | Buffer>>): RawMessage => {
  const message = encodeEnvelope(good);
  return { ...message, headers: { ...message.headers, ...headers } };
};
const without = (good: Envelope, name: string): RawMessage => {
  const message = encodeEnvelope(good);
  return { ...message, headers: Object.fromEntries(Object.entries(message.headers).filter(([key]) => key !== name)) };
};
const changed = (good: Envelope, more: Partial<Envelope>): RawMessage => encodeEnvelope({ ...good, ...more });

const poisons: readonly Poison[] = [
  {
    name: 'null value',
    make: (good) => ({ ...asMessage(good), value: null }),
    fate: 'parks its order',
    reason: /no value/,
  },
  { name: 'null key', make: (good) => ({ ...asMessage(good), key: null }), fate: 'parks alone', reason: /no key/ },
  {
    name: 'key that is not UTF-8',
    make: (good) => ({ ...asMessage(good), key: Buffer.from([0xff, 0xfe]) }),
    fate: 'parks alone',
    reason: /key is not UTF-8/,
  },
  {
    name: 'key that is no order ID',
    make: (good) => ({ ...asMessage(good), key: 'order 7' }),
    fate: 'parks alone',
    reason: /key is not an order ID/,
  },
  {
    name: 'key of another order than the subject',
    make: (good) => ({ ...asMessage(good), key: newOrderId() }),
    fate: 'parks alone',
    reason: /ce_subject differs/,
  },
  {
    name: 'value that is not UTF-8',
    make: (good) => ({ ...asMessage(good), value: Buffer.from([0x7b, 0xff, 0x7d]) }),
    fate: 'parks its order',
    reason: /value is not UTF-8/,
  },
  {
    name: 'value that is not JSON',
    make: (good) => changed(good, { payload: '{"paymentReference":' }),
    fate: 'parks its order',
    reason: /not JSON/,
  },
  { name: 'empty value', make: (good) => changed(good, { payload: '' }), fate: 'parks its order', reason: /not JSON/ },
  {
    name: 'payload off its schema',
    make: (good) => changed(good, { payload: '{"paymentReference":7}' }),
    fate: 'parks its order',
    reason: /no valid OrderPaid/,
  },
  {
    name: 'unknown type',
    make: (good) => changed(good, { type: 'OrderTeleported' }),
    fate: 'parks its order',
    reason: /OrderTeleported is not known/,
  },
  {
    name: 'type of 300 characters',
    make: (good) => changed(good, { type: 'O'.repeat(300) }),
    fate: 'parks its order',
    reason: /event type/,
  },
  {
    name: 'skip that does not say what it skips',
    make: (good) => changed(good, { type: 'EventSkipped', payload: '{}' }),
    fate: 'parks its order',
    reason: /EventSkipped/,
  },
  {
    name: 'unknown version',
    make: (good) => changed(good, { version: 9 }),
    fate: 'parks its order',
    reason: /version 9/,
  },
  {
    name: 'version beyond all bounds',
    make: (good) => changed(good, { version: 4_000_000_000 }),
    fate: 'parks its order',
    reason: /version|ce_dataschema/,
  },
  { name: 'missing event ID', make: (good) => without(good, 'ce_id'), fate: 'parks its order', reason: /ce_id/ },
  {
    name: 'event ID that is no UUID',
    make: (good) => withHeaders(good, { ce_id: "'; DROP TABLE inbox; --" }),
    fate: 'parks its order',
    reason: /ce_id/,
  },
  {
    name: 'missing sequence',
    make: (good) => without(good, 'ce_sequence'),
    fate: 'parks its order',
    reason: /ce_sequence/,
  },
  {
    name: 'sequence beyond all bounds',
    make: (good) => withHeaders(good, { ce_sequence: '9999999999' }),
    fate: 'parks its order',
    reason: /ce_sequence/,
  },
  {
    name: 'missing schema',
    make: (good) => without(good, 'ce_dataschema'),
    fate: 'parks its order',
    reason: /ce_dataschema/,
  },
  {
    name: 'headers that are not UTF-8',
    make: (good) => withHeaders(good, { ce_type: Buffer.from([0xff]) }),
    fate: 'parks its order',
    reason: /ce_type/,
  },
  {
    name: 'huge headers',
    make: (good) => withHeaders(good, { baggage: 'x'.repeat(100_000) }),
    fate: 'parks its order',
    reason: /headers take \d+ bytes/,
  },
  {
    name: 'same ID with other payload',
    make: (good, first) => changed(first, { payload: good.payload.replace('pay-1', 'pay-2') }),
    fate: 'parks its order',
    reason: /same event ID/,
  },
  {
    name: 'rewind',
    make: (_, first) => changed(first, { eventId: randomUUID() }),
    fate: 'parks its order',
    reason: /rewind/,
  },
  { name: 'gap', make: (good) => changed(good, { sequence: 5 }), fate: 'waits' },
  {
    name: 'record that belongs on another topic',
    make: (good) => withHeaders(good, { ce_source: '/invoices' }),
    fate: 'parks alone',
    reason: /ce_source/,
  },
  {
    name: 'record without any header',
    make: (good) => ({ ...asMessage(good), headers: {} }),
    fate: 'parks its order',
    reason: /ce_id/,
  },
];

const Kept = t.strict({ offset: t.number, reason: t.string, orderId: t.union([t.string, t.null]) });
const KEPT = 'SELECT kafka_offset AS offset, reason, order_id AS orderId FROM inbox_parked_records';

describe('poison on the topic', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  let consumer: ConsumerProcess;
  before(async () => {
    kit = await KitUnderTest.open();
    consumer = await kit.start();
  });
  after(() => kit.close());

  for (const { name, make, fate, reason } of poisons)
    it(`${name}: ${fate}; the partition goes on`, async () => {
      const [first, second] = lifeOf(newOrderId());
      const bystander = newOrderId();
      if (first === undefined || second === undefined) throw new Error('two events');
      const messages = [asMessage(first), make(second, first), ...lifeOf(bystander).map(asMessage)];
      const offset = (await kit.produce(messages)) + 1;

      await eventually(async () => expect(await kit.effects(bystander)).to.have.length(4));
      const { orderId } = first;
      expect((await kit.effects(orderId)).map(({ sequence }) => sequence)).to.deep.equal([1]);
      const { parked, waiting } = await kit.progress(consumer, orderId);
      const evidence = (await kit.rows(Kept, KEPT)).find((one) => one.offset === offset);
      switch (fate) {
        case 'parks its order':
          expect(parked?.reason).to.match(reason ?? /^$/);
          // An event with its place in the order is stored as the first that waits; anything else is evidence.
          expect(waiting.length + (evidence === undefined ? 0 : 1)).to.equal(1);
          break;
        case 'parks alone':
          expect(parked).to.equal(null);
          expect(evidence?.orderId).to.equal(null);
          expect(evidence?.reason).to.match(reason ?? /^$/);
          break;
        case 'waits':
          expect(parked).to.equal(null);
          expect(waiting.map(({ sequence }) => sequence)).to.deep.equal([5]);
      }
    });

  it('is counted and does not stop anything', async () => {
    const parked = poisons.filter(({ fate }) => fate !== 'waits').length;
    expect(await kit.metric(consumer, 'parked_total')).to.equal(parked);
    expect(await kit.metric(consumer, 'gaps_total')).to.equal(1);
    expect(await kit.metric(consumer, 'restarts_after_crash_total')).to.equal(0);
    expect(await kit.metric(consumer, 'pauses_total')).to.equal(0);
    expect(await kit.metric(consumer, 'parked_orders')).to.equal(
      poisons.filter(({ fate }) => fate === 'parks its order').length,
    );
    expect(await kit.metric(consumer, 'parked_records')).to.equal(
      poisons.filter(({ fate }) => fate === 'parks alone').length,
    );
  });

  it('parked once however often it is delivered', async () => {
    const before = await kit.metric(consumer, 'parked_total');
    await kit.stop(consumer);
    const again = await kit.start({ group: 'again' });
    const end = await kit.produce([asMessage(envelope(newOrderId(), 1, 'OrderPlaced'))]);
    await eventually(async () => expect(await kit.committed('again')).to.equal(end + 1));
    expect(await kit.metric(again, 'parked_total')).to.equal(0);
    expect(before).to.be.greaterThan(0);
  });
});
