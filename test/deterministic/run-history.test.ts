import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { CONSUMERS, planOf } from '../../simulator/deterministic/plan.ts';
import { runHistory } from '../../simulator/deterministic/run-history.ts';

/** Of everything that happens in a history, and of the evidence it leaves. */
const traceOf = async (seed: number, steps?: readonly number[]): Promise<string> => {
  const hash = createHash('sha256');
  let lines = 0;
  await runHistory({
    seed,
    steps,
    tell: (line) => {
      lines += 1;
      hash.update(`${line}\n`);
    },
  });
  expect(lines).to.be.greaterThan(10);
  return hash.digest('hex');
};

describe('a deterministic history', function () {
  this.timeout(60_000);

  it('is the same twice, byte for byte, for the same seed', async () => {
    for (const seed of [1, 2, 3, 99, 12_345, 4_000_000_000]) {
      const once = await traceOf(seed);
      // In between another one, which must leave nothing behind.
      await traceOf(seed + 1);
      expect(await traceOf(seed), `seed ${seed}`).to.equal(once);
    }
  });

  it('is the same twice for the same steps of a seed, and another one without them', async () => {
    const all = planOf(7).steps.map((_, place) => place);
    expect(await traceOf(7, all)).to.equal(await traceOf(7));
    expect(await traceOf(7, [0, 2])).to.equal(await traceOf(7, [0, 2]));
    expect(await traceOf(7, [0, 2])).not.to.equal(await traceOf(7));
  });

  it('is another one for another seed', async () => {
    const traces = await Promise.all([traceOf(21), traceOf(22), traceOf(23)]);
    expect(new Set(traces)).to.have.lengthOf(3);
  });

  it('is judged by every invariant of the checker, and leaves none undecided', async () => {
    const { result } = await runHistory({ seed: 5 });
    expect(result.invariants.map(({ id, verdict }) => `${id} ${verdict}`)).to.deep.equal(
      result.invariants.map(({ id }) => `${id} pass`),
    );
    expect(result.invariants.length).to.be.greaterThan(16);
  });

  it('every kind of step is drawn, and every process of a plan is hit', () => {
    const plans = Array.from({ length: 300 }, (_, seed) => planOf(seed));
    const kinds = new Set(plans.flatMap(({ steps }) => steps.map(({ kind }) => kind)));
    expect([...kinds].sort()).to.deep.equal([
      'broker-answers-lost',
      'broker-down',
      'broker-requests-late',
      'broker-unclear',
      'clock-jump',
      'commit',
      'consumer-kill',
      'consumer-pause',
      'handler-fails',
      'mysql-answers-lost',
      'mysql-down',
      'poison',
      'redrive',
      'relay-kill',
      'relay-leave',
      'relay-pause',
      'skip',
    ]);
    for (const { steps, relays, lanes, members, stormMs } of plans)
      for (const step of steps) {
        expect(step.at).to.be.within(0, stormMs);
        if ('relay' in step) expect(step.relay).to.be.lessThan(relays);
        if ('member' in step) expect(step.member).to.be.lessThan(members * CONSUMERS.length);
        if ('lane' in step && step.lane !== null) expect(step.lane).to.be.lessThan(lanes);
        if ('forMs' in step) expect(step.at + step.forMs).to.be.at.most(stormMs);
      }
  });
});
