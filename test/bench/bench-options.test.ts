import { expect } from 'chai';
import { MEASUREMENTS, readBenchOptions } from '../../bench/bench-options.ts';
import { leftOf, rightOf } from '../support/decoded.ts';

describe('options of the bench', () => {
  it('measure everything, three times, unless told otherwise', () => {
    expect(rightOf(readBenchOptions(['all']))).to.deep.include({ measurements: MEASUREMENTS, runs: 3, json: false });
  });

  it('take one measurement, rates and a file to compare with', () => {
    const options = rightOf(readBenchOptions(['latency', '--rates', '50,2000', '--compare', 'old.json', '--json']));
    expect(options).to.deep.include({ measurements: ['latency'], rates: [50, 2_000], compare: 'old.json', json: true });
  });

  for (const [argv, named] of [
    [[], /what/],
    [['fly'], /fly.*what/],
    [['drain', '--runs', '0'], /--runs/],
    [['drain', '--events', '1e6'], /--events/],
    [['latency', '--rates', '100,,600'], /--rates/],
    [['drain', '--loud'], /--loud/],
  ] as const)
    it(`refuse ${argv.join(' ') || 'nothing at all'} in one line that names it`, () => {
      const refusal = leftOf(readBenchOptions(argv));
      expect(refusal._tag).to.equal('Refuse');
      if (refusal._tag === 'Refuse') expect(refusal.message).to.match(named).and.not.include('\n');
    });
});
