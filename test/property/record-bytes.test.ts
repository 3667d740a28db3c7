import { expect } from 'chai';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { encodeRecords } from '../../src/infrastructure/kafka/encode-records.ts';
import { READY_MADE, withStandIns } from '../../src/infrastructure/kafka/ready-made-records.ts';

interface Encoder {
  readonly buffer: Buffer;
}
const require = createRequire(import.meta.url);
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoder;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: object) => Promise<Encoder>;
};

const TIMES = { firstTimestamp: 1_767_225_600_000, maxTimestamp: 1_767_225_600_000 };

/** As the client does with the messages of a send. */
const byTheClient = (messages: readonly object[]): readonly Encoder[] =>
  messages.map((message, index) => encodeRecord({ ...message, offsetDelta: index, timestampDelta: 0 }));
const batchOf = async (messages: readonly object[], compression: number): Promise<Buffer> =>
  (
    await RecordBatch({
      ...TIMES,
      compression,
      records: byTheClient(messages),
      lastOffsetDelta: messages.length - 1,
    })
  ).buffer;

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ minLength: 60, maxLength: 300 }),
  fc.constantFrom('', '\ud800', '\u007f', '\u0080', 'x'.repeat(63), 'x'.repeat(64), 'ü'.repeat(32)),
);
/** Lengths around which the varint of a length becomes a byte longer. */
const value = fc.oneof(
  { weight: 20, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom('x'.repeat(8_191), 'x'.repeat(8_192), 'ü'.repeat(4_096)) },
  { weight: 1, arbitrary: fc.constantFrom('y'.repeat(1_048_570), 'y'.repeat(1_048_577)) },
);
const record = fc.record({
  key: text,
  value,
  headers: fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), text, { maxKeys: 15 }),
});
const records = fc.oneof(
  { weight: 9, arbitrary: fc.array(record, { minLength: 1, maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constant({ key: 'k', value: 'v', headers: { h: '1' } }), { minLength: 65, maxLength: 70 }),
  },
);

describe('records as they are sent', () => {
  it('have the bytes that the client itself would give them, for any texts', () => {
    fc.assert(
      fc.property(records, (some) => {
        const theirs = Buffer.concat(byTheClient(some).map(({ buffer }) => buffer));
        expect(encodeRecords(some).equals(theirs)).to.equal(true);
      }),
      { numRuns: 30 },
    );
  });

  it('make the batch that the client itself would make, whatever other sends are under way', async () => {
    await fc.assert(
      fc.asyncProperty(records, records, async (some, others) => {
        const send = (mine: typeof some): Promise<Buffer> =>
          withStandIns(encodeRecords(mine), mine.length, (messages) => batchOf(messages, READY_MADE));
        const [one, other] = await Promise.all([send(some), send(others)]);
        expect(one.equals(await batchOf(some, 0))).to.equal(true);
        expect(other.equals(await batchOf(others, 0))).to.equal(true);
      }),
      { numRuns: 30 },
    );
  });

  it('are not sent for messages that stand for nothing', async () => {
    let kept: readonly object[] = [];
    await withStandIns(Buffer.from('gone'), 1, (messages) => {
      kept = messages;
      return Promise.resolve();
    });
    const outcome = await batchOf(kept, READY_MADE).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Error).with.property('message').that.includes('no records wait');
  });
});
