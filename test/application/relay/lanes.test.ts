import { expect } from 'chai';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { laneOf, murmur2 } from '../../../src/application/relay/lanes.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('lanes', () => {
  /* From Apache Kafka's own UtilsTest.testMurmur2. */
  const known: readonly (readonly [string, number])[] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [text, hash] of known)
    it(`murmur2 of ${JSON.stringify(text)} is ${hash}`, () => {
      expect(murmur2(bytes(text))).to.equal(hash);
    });

  it('stays fixed for order IDs, since a lane is stored once and for all', () => {
    expect(laneOf('018f4a7e-0000-7000-8000-000000000001', 6)).to.equal(3);
    expect(laneOf('018f4a7e-5c1d-7a3b-9f00-000000000002', 6)).to.equal(3);
    expect(laneOf('01900000-ffff-7fff-bfff-ffffffffffff', 6)).to.equal(0);
  });

  it('is the partition that a Kafka client would choose, for any key and count', () => {
    const partitioner = kafkajs.Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.uuid()),
        fc.integer({ min: 1, max: 64 }),
        (key, count) => {
          const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
            partitionErrorCode: 0,
            partitionId,
            leader: 0,
            replicas: [0],
            isr: [0],
          }));
          const message = { key: Buffer.from(key, 'utf8'), value: '' };
          expect(laneOf(key, count)).to.equal(partitioner({ topic: 'any', partitionMetadata, message }));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses a partition count that is none', () => {
    for (const partitions of [0, -1, 1.5, Number.NaN]) expect(() => laneOf('key', partitions)).to.throw(RangeError);
  });
});
