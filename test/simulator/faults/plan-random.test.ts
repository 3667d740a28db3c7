import { expect } from 'chai';
import { faults } from '../../../simulator/faults/catalog.ts';
import { planRandom } from '../../../simulator/faults/plan-random.ts';

const mixed = faults.filter(({ row }) => row?.mixes === true);
const planOf = (seed: number, loadMs = 300_000): ReturnType<typeof planRandom> =>
  planRandom({ seed, faults: mixed, loadMs, relays: 2 });

describe('faults mixed at random', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(planOf(1)).to.deep.equal(planOf(1));
    expect(planOf(1)).not.to.deep.equal(planOf(2));
  });

  it('are of several kinds, spread over the load and not beyond it', () => {
    for (const track of planOf(3)) {
      const total = track.reduce((sum, { waitMs, lastsMs }) => sum + waitMs + lastsMs, 0);
      expect(total).to.be.within(60_000, 300_000);
    }
    expect(new Set(planOf(3).flatMap((track) => track.map(({ kind }) => kind))).size).to.be.greaterThan(2);
  });

  it('are none when there is no time', () => {
    expect(planOf(1, 1_000).flat()).to.deep.equal([]);
  });
});
