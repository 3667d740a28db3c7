import { expect } from 'chai';
import fc from 'fast-check';
import { faults } from '../../../simulator/faults/catalog.ts';
import { killAny, KILLS_PER_ROLE } from '../../../simulator/faults/kill-any.ts';
import { relayKill } from '../../../simulator/faults/kill.ts';
import { planFaults } from '../../../simulator/faults/plan-faults.ts';
import { rollingUpgrade } from '../../../simulator/faults/rows/rolling-upgrade.ts';

const schedule = fc.record({
  seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  faults: fc.subarray([...faults]),
  loadMs: fc.integer({ min: 1_000, max: 600_000 }),
  relays: fc.integer({ min: 1, max: 4 }),
});

describe('the schedule of faults', () => {
  it('is a function of its options alone', () => {
    fc.assert(
      fc.property(schedule, (options) => {
        expect(planFaults(options)).to.deep.equal(planFaults({ ...options }));
      }),
    );
  });

  it('starts every fault while orders still arrive, but for those whose steps take their time', () => {
    const inTheirTime = [killAny, rollingUpgrade];
    fc.assert(
      fc.property(schedule, (options) => {
        const others = options.faults.filter((fault) => !inTheirTime.includes(fault));
        for (const track of planFaults({ ...options, faults: others })) {
          const waits = track.reduce((sum, { waitMs }) => sum + waitMs, 0);
          expect(waits).to.be.at.most(options.loadMs);
        }
      }),
    );
  });

  it('does not move a fault when another is added', () => {
    const base = { seed: 3, loadMs: 20_000, relays: 1 };
    const alone = planFaults({ ...base, faults: [relayKill] });
    expect(planFaults({ ...base, faults: [...faults] })).to.deep.include(alone[0]);
  });

  it('kills any of several relays', () => {
    const targets = [1, 2, 3, 4, 5].flatMap((seed) =>
      planFaults({ seed, faults: [relayKill], loadMs: 1_000, relays: 3 })
        .flat()
        .map(({ target }) => target),
    );
    expect(new Set(targets)).to.deep.equal(new Set(['relay', 'relay-2', 'relay-3']));
  });

  it('kills every role at least 20 times with kill-any, sharing the relay kills among the relays', () => {
    const tracks = planFaults({ seed: 5, faults: [killAny], loadMs: 1_000, relays: 2 });
    const targets = tracks.flat().map(({ target }) => target);
    const count = (...names: string[]): number => targets.filter((target) => names.includes(target)).length;
    expect(KILLS_PER_ROLE).to.be.at.least(20);
    for (const role of ['api', 'payment', 'shipping', 'mysql', 'kafka'])
      expect(count(role), role).to.equal(KILLS_PER_ROLE);
    expect(count('relay', 'relay-2')).to.equal(KILLS_PER_ROLE);
    expect(count('relay-2')).to.equal(KILLS_PER_ROLE / 2);
  });
});
