import { expect } from 'chai';
import * as t from 'io-ts';
import { decodeEnvelope, encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';
import { decodeEventSkipped } from '../../src/interfaces/contract/event-skipped.ts';
import { decodeOrderEvent } from '../../src/interfaces/contract/order-events.ts';
import { EVENT_SKIPPED } from '../../src/interfaces/contract/topic.ts';
import { decoded, rightOf } from '../support/decoded.ts';
import { goldenNames, readGolden } from '../support/goldens.ts';

/* Whole records as they lie on the topic, with the envelope each stands for. */

const Texts = t.record(t.string, t.string);
const Golden = t.strict({
  envelope: t.strict({
    eventId: t.string,
    type: t.string,
    version: t.number,
    orderId: t.string,
    sequence: t.number,
    occurredAt: t.string,
    payload: t.string,
    headers: Texts,
  }),
  record: t.strict({ key: t.string, value: t.string, headers: Texts }),
});

const names = goldenNames().filter((name) => name.startsWith('envelope.'));

describe('a record on the topic, byte for byte', () => {
  it('there are goldens', () => expect(names).to.have.length.greaterThan(1));

  for (const name of names) {
    const { envelope, record } = decoded(Golden, readGolden(name));

    it(`${name}: the envelope is written as this record, headers in this order`, () => {
      const written = encodeEnvelope(envelope);
      expect(written).to.deep.equal(record);
      expect(Object.keys(written.headers)).to.deep.equal(Object.keys(record.headers));
    });

    it(`${name}: the record is read as this envelope`, () => {
      const { key, value, headers } = record;
      expect(rightOf(decodeEnvelope({ key: Buffer.from(key), value: Buffer.from(value), headers }))).to.deep.equal(
        envelope,
      );
    });

    it(`${name}: its payload is read as its type says`, () => {
      const event = envelope.type === EVENT_SKIPPED ? decodeEventSkipped(envelope) : decodeOrderEvent(envelope);
      expect(event).to.have.property('_tag', 'Right');
    });
  }
});
