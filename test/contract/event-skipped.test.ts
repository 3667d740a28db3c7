import { expect } from 'chai';
import { decodeEventSkipped, encodeEventSkipped } from '../../src/interfaces/contract/event-skipped.ts';
import { leftOf, rightOf } from '../support/decoded.ts';

const payload = {
  skippedEventId: '0197e0f5-7c3b-7000-8000-000000000001',
  skippedType: 'OrderPaid',
  reason: 'the record exceeds the limit of the topic',
};
const envelope = { type: 'EventSkipped', version: 1, payload: JSON.stringify(payload) };

describe('an event that stands for a skipped one', () => {
  it('tells which event was skipped, of which type, and why', () => {
    expect(rightOf(decodeEventSkipped(envelope))).to.deep.equal(payload);
  });

  it('is written so that it is read as it was', () => {
    expect(encodeEventSkipped(payload)).to.deep.equal(envelope);
  });

  it('is never written with a field that consumers would refuse', () => {
    expect(() => encodeEventSkipped({ ...payload, reason: '' })).to.throw(TypeError, /reason must be 1 to 500/);
    expect(() => encodeEventSkipped({ ...payload, skippedType: 'not a type' })).to.throw(TypeError, /skippedType/);
  });

  const changed = (change: object): string => JSON.stringify({ ...payload, ...change });
  const table: readonly (readonly [what: string, envelope: typeof envelope, reason: string])[] = [
    ['another type', { ...envelope, type: 'OrderPaid' }, 'not version 1 of EventSkipped'],
    ['another version', { ...envelope, version: 2 }, 'not version 1 of EventSkipped'],
    ['no JSON', { ...envelope, payload: '{' }, 'the payload is not JSON'],
    ['null', { ...envelope, payload: 'null' }, 'the payload must be an object, but is null'],
    [
      'no event ID and no type',
      { ...envelope, payload: changed({ skippedEventId: 7, skippedType: '' }) },
      'skippedEventId must be a UUID in lower case, but is 7; skippedType must be an event type in PascalCase, but is ""',
    ],
    [
      'a reason that is too long',
      { ...envelope, payload: changed({ reason: 'x'.repeat(501) }) },
      'reason must be 1 to 500 characters, but is a text of 501 characters',
    ],
  ];
  for (const [what, broken, reason] of table) {
    it(`given ${what} / then it is refused`, () => {
      expect(leftOf(decodeEventSkipped(broken))).to.deep.equal({ _tag: 'InvalidEventSkipped', reason });
    });
  }
});
