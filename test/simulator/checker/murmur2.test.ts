import { expect } from 'chai';
import { murmur2, partitionOf } from '../../../simulator/checker/murmur2.ts';

describe('the checker’s murmur2', () => {
  // The vectors of Kafka's own test, UtilsTest.testMurmur2.
  const vectors: readonly (readonly [string, number])[] = [
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
    ['abc', 479_470_107],
  ];

  for (const [text, hash] of vectors)
    it(`hashes "${text}" as Kafka does`, () => expect(murmur2(new TextEncoder().encode(text))).to.equal(hash));

  it('drops the sign bit before it takes the remainder', () => {
    expect(partitionOf('foobar', 6)).to.equal((-790_332_482 & 0x7fffffff) % 6);
    expect(partitionOf('21', 1)).to.equal(0);
  });

  it('reads bytes that begin in the middle of a buffer', () => {
    const whole = new TextEncoder().encode('xxxfoobar');
    expect(murmur2(whole.subarray(3))).to.equal(-790_332_482);
  });
});
