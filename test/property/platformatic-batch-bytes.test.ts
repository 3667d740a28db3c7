import * as platformatic from '@platformatic/kafka';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodeBatch } from '../../src/infrastructure/platformatic-kafka/encode-batch.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.constantFrom('', '\ud800', 'x'.repeat(64), 'ü'.repeat(32), 'x'.repeat(8_192)),
);
const records = fc.array(
  fc.record({ key: text, value: text, headers: fc.dictionary(text, text, { maxKeys: 15, noNullPrototype: true }) }),
  { minLength: 1, maxLength: 70 },
);
const timestamps = fc.integer({ min: 0, max: 4_102_444_800_000 });

describe('a batch as @platformatic/kafka sends it', () => {
  it('has the bytes that the client itself would give it, for any texts', () => {
    fc.assert(
      fc.property(records, timestamps, (some, timestamp) => {
        const theirs = platformatic.createRecordsBatch(
          some.map(({ key, value, headers }) => ({
            topic: 't',
            partition: 0,
            timestamp: BigInt(timestamp),
            key: Buffer.from(key),
            value: Buffer.from(value),
            headers: new Map(Object.entries(headers).map(([name, of]) => [Buffer.from(name), Buffer.from(of)])),
          })),
        );
        expect(encodeBatch(some, timestamp, platformatic.crc32c)).to.deep.equal(theirs.buffer);
      }),
      { numRuns: 200 },
    );
  });
});
