import { expect } from 'chai';
import { judgeCampaign } from '../../../simulator/checker/campaign.ts';
import type { PlantedRun } from '../../../simulator/checker/campaign.ts';
import { check } from '../../../simulator/checker/check.ts';
import { aRun, DELIVERED, ofEvent, unseen, without } from './evidence-builder.ts';

const good = aRun(DELIVERED, ['OrderPlaced', 'OrderCancelled']);
const broken = without(good, 'log', ofEvent(1, 2));
const caught: PlantedRun = {
  bug: 'drop-one',
  expectedInvariant: 3,
  result: check(broken),
  withoutBug: check(good),
};

describe('invariant 19: every planted bug is caught', () => {
  it('holds when each bug broke the invariant that is about it', () =>
    expect(judgeCampaign([caught, { ...caught, bug: 'mark-before-ack' }])).to.include({
      id: 19,
      verdict: 'pass',
      checked: 2,
    }));

  it('fails when a run passes in spite of its bug', () => {
    const result = judgeCampaign([caught, { ...caught, bug: 'no-inbox', result: check(good) }]);
    expect(result).to.include({ verdict: 'fail', violations: 1 });
    expect(result.counterexample?.seen).to.equal('no-inbox: invariant 3 holds in spite of it');
  });

  it('fails when another invariant fails than the named one', () =>
    expect(judgeCampaign([{ ...caught, expectedInvariant: 6 }]).verdict).to.equal('fail'));

  it('fails when the same run fails without the bug too', () =>
    expect(judgeCampaign([{ ...caught, withoutBug: check(broken) }]).verdict).to.equal('fail'));

  it('is unknown when the named invariant could not be decided', () => {
    const undecided = judgeCampaign([{ ...caught, result: check(unseen(good, 'log', 'the broker was gone')) }]);
    expect(undecided.verdict).to.equal('unknown');
    expect(undecided.doubts.join()).to.contain('the broker was gone');
  });

  it('is unknown when the run without the bug was not decided', () =>
    expect(judgeCampaign([{ ...caught, withoutBug: check(unseen(good, 'log')) }]).verdict).to.equal('unknown'));

  it('is unknown when a run gave no result, or judged that invariant not at all', () => {
    expect(judgeCampaign([{ ...caught, result: undefined }]).verdict).to.equal('unknown');
    expect(judgeCampaign([{ ...caught, expectedInvariant: 99 }]).verdict).to.equal('unknown');
  });

  it('is unknown when a bug was not run, or none at all', () => {
    expect(judgeCampaign([caught], ['drop-one', 'swap-two']).doubts).to.deep.equal(['swap-two: was not run']);
    expect(judgeCampaign([]).verdict).to.equal('unknown');
  });

  it('fails on one bug that got away, whatever else is unknown', () =>
    expect(
      judgeCampaign([
        { ...caught, result: undefined },
        { ...caught, result: check(good) },
      ]).verdict,
    ).to.equal('fail'));
});
