import { expect } from 'chai';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { sizeOfEncoded } from '../../src/infrastructure/kafka/record-size.ts';
import type { EncodedRecord } from '../../src/infrastructure/kafka/record-size.ts';

interface Encoder {
  size(): number;
}
const require = createRequire(import.meta.url);
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoder;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: { readonly records: readonly Encoder[] }) => Promise<Encoder>;
};

/** Bytes of the batch as the client really writes it. */
const batchBytes = async (records: readonly EncodedRecord[]): Promise<number> => {
  const encoded = records.map((record, index) =>
    encodeRecord({ ...record, offsetDelta: index, timestampDelta: 86_400_000 }),
  );
  return (await RecordBatch({ records: encoded })).size();
};

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ minLength: 100, maxLength: 300 }));
const record = fc.record({
  key: text,
  value: text,
  headers: fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), text, { maxKeys: 15 }),
});

describe('size of a record', () => {
  it('is never below what the client sends, for one record or many, and not far above', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 20 }), async (records) => {
        const estimate = records.reduce((sum, one) => sum + sizeOfEncoded(one), 0);
        const actual = await batchBytes(records);
        expect(estimate).to.be.at.least(actual);
        expect(estimate - actual).to.be.at.most(records.length * (97 + 15 * 10));
      }),
    );
  });
});
