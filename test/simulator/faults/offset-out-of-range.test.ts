import { expect } from 'chai';
import { judgeLostOffsets, partitionsOutOfRange } from '../../../simulator/faults/rows/offset-out-of-range.ts';
import type { LostOffsets } from '../../../simulator/faults/rows/offset-out-of-range.ts';

const told: LostOffsets = {
  partitions: [0, 4],
  records: 7,
  counted: 2,
  logged: [4, 0],
  isGapHeld: true,
  isNewOrderTaken: true,
};
const verdicts = (parts: Partial<LostOffsets> = {}): readonly (boolean | undefined)[] =>
  judgeLostOffsets({ ...told, ...parts }).map(({ holds }) => holds);

describe('the row with an offset out of range', () => {
  it('passes a consumer that counted and named every partition', () => {
    expect(verdicts()).to.deep.equal([true, true, true, true, true]);
  });

  for (const [what, parts, index] of [
    ['nothing was lost, so that nothing was shown', { partitions: [], records: 0 }, 0],
    ['the consumer went on silently', { counted: 0 }, 1],
    ['one partition is named nowhere', { logged: [0] }, 2],
    ['an order with a gap was passed', { isGapHeld: false }, 3],
    ['new orders are not taken', { isNewOrderTaken: false }, 4],
  ] as const)
    it(`fails when ${what}`, () => {
      expect(verdicts(parts)[index]).to.equal(false);
    });

  it('reads the partitions from the log of a consumer, each once', () => {
    const line = (lane: number, msg: string): string => JSON.stringify({ level: 50, lane, msg });
    const lost = 'offset out of range: records are lost, or the topic is another one';
    const log = [line(3, lost), line(3, lost), line(5, 'the partition goes on'), line(1, lost), ''].join('\n');
    expect(partitionsOutOfRange(log)).to.deep.equal([3, 1]);
  });
});
