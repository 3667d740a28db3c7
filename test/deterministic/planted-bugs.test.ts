import { expect } from 'chai';
import { runHistory } from '../../simulator/deterministic/run-history.ts';
import { plantedBugs } from './planted-bugs/catalog.ts';
import type { PlantedBug } from './planted-bugs/planted-bug.ts';

/** All of them are found much sooner than within the ten thousand that `npm test` runs. */
const MOST_SEEDS = 2_000;

const breaks = async (seed: number, { plant, invariant }: PlantedBug): Promise<boolean> => {
  const { result } = await runHistory({ seed, plant });
  return result.invariants.some(({ id, verdict }) => id === invariant && verdict === 'fail');
};

const firstSeed = async (bug: PlantedBug): Promise<number> => {
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) if (await breaks(seed, bug)) return seed;
  throw new Error(`${bug.name} is not found within ${MOST_SEEDS} seeds`);
};

describe('relay bugs planted into the deterministic simulation', function () {
  this.timeout(5 * 60_000);

  for (const bug of plantedBugs)
    it(`finds ${bug.name} by invariant ${bug.invariant}: ${bug.mistake}`, async () => {
      const seed = await firstSeed(bug);
      console.log(`${bug.name} is found at seed ${seed}`);
      const { result } = await runHistory({ seed });
      expect(result.verdict, `seed ${seed} without the bug`).to.equal('pass');
    });
});
