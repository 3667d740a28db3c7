import { expect } from 'chai';
import { laneOf } from '../../src/application/relay/lanes.ts';
import { decodeEnvelope, encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';
import { decodeOrderEvent } from '../../src/interfaces/contract/order-events.ts';
import { rightOf } from '../support/decoded.ts';
import { EVENTS_PER_ORDER, PAYLOAD_BYTES, benchEvent } from '../../bench/events/bench-event.ts';
import { consumableEvent } from '../../bench/events/consumable-event.ts';
import { PARTITIONS } from '../../bench/events/outbox-row.ts';

const COUNT = 20_000;
const events = Array.from({ length: COUNT }, (_, index) => benchEvent(index));

describe('the events of the bench', () => {
  it('carry exactly as many bytes as they say, as JSON', () => {
    for (const { payload } of events) {
      expect(Buffer.byteLength(payload)).to.equal(PAYLOAD_BYTES);
      expect(() => JSON.parse(payload) as unknown).not.to.throw();
    }
  });

  it('have IDs of their own', () => {
    expect(new Set(events.map(({ eventId }) => eventId)).size).to.equal(COUNT);
  });

  it('are numbered from 1 without a gap within each order, which all are equally long', () => {
    const last = new Map<string, number>();
    for (const { orderKey, sequence } of events) {
      expect(sequence).to.equal((last.get(orderKey) ?? 0) + 1);
      last.set(orderKey, sequence);
    }
    expect([...new Set(last.values())]).to.deep.equal([EVENTS_PER_ORDER]);
  });

  it('keep the contract of the topic', () => {
    const event = benchEvent(4_711);
    const { key, value, headers } = encodeEnvelope({ ...event, orderId: event.orderKey });
    const record = {
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    };
    expect(rightOf(decodeEnvelope(record)).eventId).to.equal(event.eventId);
  });

  it('that consumers take have the same IDs and size, and a payload of the contract', () => {
    const event = consumableEvent(4_711);
    expect(event).to.include({ eventId: benchEvent(4_711).eventId, orderKey: benchEvent(4_711).orderKey });
    expect(Buffer.byteLength(event.payload)).to.equal(PAYLOAD_BYTES);
    expect(rightOf(decodeOrderEvent(event)).type).to.equal('OrderPlaced');
  });

  it('spread over all lanes, none with more than a third beyond its share', () => {
    const counts = new Map<number, number>();
    for (const { orderKey } of events) {
      const lane = laneOf(orderKey, PARTITIONS);
      counts.set(lane, (counts.get(lane) ?? 0) + 1);
    }
    expect(counts.size).to.equal(PARTITIONS);
    expect(Math.max(...counts.values())).to.be.below((COUNT / PARTITIONS) * (4 / 3));
  });
});
