import { expect } from 'chai';
import { decodeEnvelope, encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';
import { decodeEventSkipped } from '../../src/interfaces/contract/event-skipped.ts';
import { decodeOrderEvent } from '../../src/interfaces/contract/order-events.ts';
import { EVENT_SKIPPED } from '../../src/interfaces/contract/topic.ts';
import { decoded, rightOf } from '../support/decoded.ts';
import { EnvelopeGolden, envelopeGoldenNames } from '../support/envelope-golden.ts';
import { readGolden } from '../support/goldens.ts';

/* Whole records as they lie on the topic, with the envelope each stands for. */

const names = envelopeGoldenNames();

describe('a record on the topic, byte for byte', () => {
  it('there are goldens', () => expect(names).to.have.length.greaterThan(1));

  for (const name of names) {
    const { envelope, record } = decoded(EnvelopeGolden, readGolden(name));

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
