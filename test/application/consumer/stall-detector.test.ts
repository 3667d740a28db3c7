import { expect } from 'chai';
import { StallDetector } from '../../../src/application/consumer/stall-detector.ts';
import type { PartitionPosition } from '../../../src/application/consumer/stall-detector.ts';

const position = (next: number, more: Partial<PartitionPosition> = {}): PartitionPosition => ({
  partition: 0,
  next,
  end: 10,
  excused: false,
  ...more,
});

describe('the stall detector', () => {
  const look = (...looks: readonly (readonly [number, PartitionPosition])[]): readonly (readonly number[])[] => {
    const detector = new StallDetector(30);
    return looks.map(([now, seen]) => detector.observe(now, [seen]));
  };

  it('given lag and no movement for the whole time / then names the partition', () => {
    expect(look([0, position(5)], [20, position(5)], [30, position(5)])).to.deep.equal([[], [], [0]]);
  });
  it('given movement / then the time begins anew', () => {
    expect(look([0, position(5)], [20, position(6)], [30, position(6)], [50, position(6)])).to.deep.equal([
      [],
      [],
      [],
      [0],
    ]);
  });
  it('given nothing to read / then it is no stall, however long', () => {
    expect(look([0, position(10)], [1_000, position(10)], [1_010, position(10, { end: 11 })])).to.deep.equal([
      [],
      [],
      [],
    ]);
  });
  it('given a pause on purpose or a long handler / then it is excused', () => {
    const busy = position(5, { excused: true });
    expect(look([0, position(5)], [40, busy], [80, busy], [100, position(5)])).to.deep.equal([[], [], [], []]);
  });
  it('given a partition that left and came back / then the time begins anew', () => {
    const detector = new StallDetector(30);
    detector.observe(0, [position(5)]);
    detector.observe(20, []);
    expect(detector.observe(40, [position(5)])).to.deep.equal([]);
  });
});
