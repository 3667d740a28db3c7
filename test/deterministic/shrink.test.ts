import { expect } from 'chai';
import { counterexampleText } from '../../simulator/deterministic/counterexample-text.ts';
import { planOf } from '../../simulator/deterministic/plan.ts';
import { runHistory } from '../../simulator/deterministic/run-history.ts';
import { shrink } from '../../simulator/deterministic/shrink.ts';
import { headSetAside } from './planted-bugs/head-set-aside.ts';
import { outageSpendsAttempt as outage } from './planted-bugs/taken-for-its-own.ts';

const { plant, invariant } = headSetAside;
/** One at which the bug is found. */
const SEED = 3;

describe('shrinking a history that breaks an invariant', function () {
  this.timeout(120_000);

  it('leaves a few steps that still break it, none of which can be left out', async () => {
    const found = await shrink({ seed: SEED, invariantId: invariant, plant });
    if (found === undefined) throw new Error('the seed does not break the invariant');
    expect(found.steps.length).to.be.within(1, planOf(SEED).steps.length - 1);
    const isBroken = async (steps: readonly number[]): Promise<boolean> => {
      const { result } = await runHistory({ seed: SEED, steps, plant });
      return result.invariants.some(({ id, verdict }) => id === invariant && verdict === 'fail');
    };
    expect(await isBroken(found.steps), 'what is left breaks it').to.equal(true);
    for (const step of found.steps)
      expect(await isBroken(found.steps.filter((other) => other !== step)), `without step ${step}`).to.equal(false);

    const { steps, broken } = found;
    const text = counterexampleText(SEED, steps, broken);
    expect(text).to.contain(`Again:  npm run simulate -- --deterministic --seed ${SEED} --steps ${steps.join(',')}`);
    expect(text).to.contain(broken.counterexample?.summary);
    expect(text).to.match(/what happened to order-\d/);
  });

  it('of an outage that spends an attempt leaves the outage and what was sent into it', async () => {
    const found = await shrink({ seed: SEED, invariantId: outage.invariant, plant: outage.plant });
    const left = (found?.steps ?? []).map((place) => planOf(SEED).steps[place]?.kind);
    expect(left).to.deep.equal(['broker-requests-late', 'commit']);
    expect(found?.broken.counterexample?.seen).to.equal(
      'attempt 1: event: request timed out; until then the broker answered its requests: outage',
    );
  });

  it('answers nothing for a history that breaks nothing', async () => {
    expect(await shrink({ seed: SEED, invariantId: invariant })).to.equal(undefined);
  });
});
