import { expect } from 'chai';
import fc from 'fast-check';
import { decodeRing, encodeRing } from '../../../src/infrastructure/doorbell/ring-datagram.ts';
import type { RungLane } from '../../../src/infrastructure/doorbell/ring-datagram.ts';

const anyRing = fc
  .integer({ min: 1, max: 1_000 })
  .chain((lanes) =>
    fc.tuple(fc.constant(lanes), fc.uniqueArray(fc.integer({ min: 0, max: lanes - 1 }), { minLength: 1 })),
  );

describe('a ring on the wire', () => {
  it('arrives as the lanes that were rung, in a version and a bit for each lane', () => {
    fc.assert(
      fc.property(anyRing, ([lanes, rung]) => {
        const datagram = encodeRing(new Set(rung), lanes);
        expect(datagram).to.have.lengthOf(1 + Math.ceil(lanes / 8));
        expect(decodeRing(datagram, lanes)).to.deep.equal(rung.toSorted((a, b) => a - b));
      }),
    );
  });

  it('means any lane when one of them is not known', () => {
    const datagram = encodeRing(new Set<RungLane>([3, 'any']), 6);
    expect([...datagram]).to.deep.equal([1]);
    expect(decodeRing(datagram, 6)).to.deep.equal(['any']);
  });

  for (const [title, bytes] of [
    ['nothing', []],
    ['another version', [2, 0b1]],
    ['no lane', [1, 0]],
    ['a lane that there is not', [1, 0b0100_0000]],
    ['such a lane beside one that there is', [1, 0b0100_0001]],
    ['more lanes', [1, 0b1, 0]],
    ['text', [...Buffer.from('GET / HTTP/1.1\r\n')]],
  ] as const)
    it(`given ${title} / then it is no ring for six lanes`, () => {
      expect(decodeRing(Uint8Array.from(bytes), 6)).to.equal(undefined);
    });

  it('names no lane, whatever the bytes, that there is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.uint8Array({ maxLength: 8 }), (lanes, bytes) => {
        for (const lane of decodeRing(bytes, lanes) ?? []) if (lane !== 'any') expect(lane).to.be.within(0, lanes - 1);
      }),
    );
  });
});
