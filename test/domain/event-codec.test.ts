import { expect } from 'chai';
import { decodeEvent, encodeEvent } from '../../src/domain/order/events/codec.ts';
import type { EncodedEvent } from '../../src/domain/order/events/codec.ts';
import { explainDecodeError } from '../../src/interfaces/contract/order-events.ts';
import { leftOf, rightOf } from '../support/decoded.ts';
import { events } from '../support/order-samples.ts';

describe('writing and reading an event', () => {
  for (const event of Object.values(events)) {
    it(`${event.type}: what was written is read again`, () => {
      expect(rightOf(decodeEvent(encodeEvent(event)))).to.deep.equal(event);
    });
  }

  it('given an unknown field in the payload / then it is dropped', () => {
    const written = encodeEvent(events.OrderDelivered);
    const payload = JSON.stringify({ receivedBy: 'A. Neighbour', weather: 'rain' });
    expect(rightOf(decodeEvent({ ...written, payload }))).to.deep.equal(events.OrderDelivered);
  });
});

describe('an event that cannot be read is a typed error that says why', () => {
  const paid = encodeEvent(events.OrderPaid);
  const table: readonly (readonly [what: string, encoded: EncodedEvent, tag: string, words: string])[] = [
    ['an unknown type', { ...paid, type: 'OrderLost' }, 'UnknownEventType', 'the event type OrderLost is not known'],
    [
      'a name that every object has',
      { ...paid, type: 'constructor' },
      'UnknownEventType',
      'the event type constructor is not known',
    ],
    [
      'a version to come',
      { ...paid, version: 2 },
      'UnknownEventVersion',
      'version 2 of OrderPaid is not known, only 1 to 1',
    ],
    ['version 0', { ...paid, version: 0 }, 'UnknownEventVersion', 'version 0 of OrderPaid is not known, only 1 to 1'],
    [
      'half a version',
      { ...paid, version: 0.5 },
      'UnknownEventVersion',
      'version 0.5 of OrderPaid is not known, only 1 to 1',
    ],
    ['no JSON', { ...paid, payload: '{' }, 'EventPayloadNotJson', 'the payload of OrderPaid is not JSON'],
    ['an empty payload', { ...paid, payload: '' }, 'EventPayloadNotJson', 'the payload of OrderPaid is not JSON'],
    [
      'null for a payload',
      { ...paid, payload: 'null' },
      'InvalidEvent',
      'the event is no valid OrderPaid: payload must be an object, but is null',
    ],
    [
      'two bad fields',
      { ...paid, payload: '{"amount":{"amountMinor":-1,"currency":"EUR"}}' },
      'InvalidEvent',
      'the event is no valid OrderPaid: payload.paymentReference is missing: it must be 1 to 200 characters on one line, without control characters or surrounding blanks (and 1 more)',
    ],
    [
      'no time',
      { ...paid, occurredAt: 'yesterday' },
      'InvalidEvent',
      'the event is no valid OrderPaid: occurredAt must be a UTC time with milliseconds, such as 2026-01-31T09:30:00.000Z, but is "yesterday"',
    ],
  ];
  for (const [what, encoded, tag, words] of table) {
    it(`given ${what} / then ${tag}`, () => {
      const error = leftOf(decodeEvent(encoded));
      expect(error._tag).to.equal(tag);
      expect(explainDecodeError(error)).to.equal(words);
    });
  }
});
