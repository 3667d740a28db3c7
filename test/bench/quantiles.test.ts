import { expect } from 'chai';
import { median } from '../../bench/measurements/median.ts';
import { quantilesOf } from '../../bench/measurements/quantiles.ts';

describe('quantiles of delays', () => {
  it('are those of the delays, to three digits', () => {
    const { count, mean, p50, p99, max } = quantilesOf(Array.from({ length: 1_000 }, (_, i) => i + 1));
    expect({ count, mean, max }).to.deep.equal({ count: 1_000, mean: 500.5, max: 1_000 });
    expect(p50).to.be.closeTo(500, 1);
    expect(p99).to.be.closeTo(990, 1);
  });

  it('count a delay below zero as none', () => {
    expect(quantilesOf([-0.4, -0.1]).p99).to.equal(0);
  });
});

describe('a median', () => {
  it('is the middle value, or the mean of the middle two', () => {
    expect(median([5, 1, 3])).to.equal(3);
    expect(median([4, 1, 3, 2])).to.equal(2.5);
  });

  it('of nothing there is none', () => {
    expect(() => median([])).to.throw(RangeError);
  });
});
