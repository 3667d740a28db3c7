import { expect } from 'chai';
import { MEASUREMENTS, readBenchOptions } from '../../bench/bench-options.ts';
import { leftOf, rightOf } from '../support/decoded.ts';

describe('options of the bench', () => {
  it('measure everything, three times, unless told otherwise', () => {
    const all = MEASUREMENTS.filter((name) => name !== 'takeover');
    expect(rightOf(readBenchOptions(['all']))).to.deep.include({
      measurements: all,
      runs: 3,
      purging: false,
      peers: false,
      json: false,
    });
  });

  it('hand over to another relay only when peers are wanted', () => {
    expect(rightOf(readBenchOptions(['all', '--peers']))).to.deep.include({ measurements: MEASUREMENTS, peers: true });
    expect(rightOf(readBenchOptions(['takeover'])).measurements).to.deep.equal(['takeover']);
  });

  it('take one measurement, rates and a file to compare with', () => {
    const options = rightOf(
      readBenchOptions(['latency', '--rates', '50,2000', '--purging', '--compare', 'old.json', '--json']),
    );
    expect(options).to.deep.include({ measurements: ['latency'], rates: [50, 2_000], compare: 'old.json', json: true });
    expect(options).to.include({ purging: true });
  });

  it('take the rows of a full table and a number of relays', () => {
    const options = rightOf(readBenchOptions(['flat', '--completed', '10000000', '--relays', '2']));
    expect(options).to.deep.include({ measurements: ['flat'], completed: 10_000_000, relays: 2 });
  });

  for (const [argv, named] of [
    [[], /what/],
    [['fly'], /fly.*what/],
    [['drain', '--runs', '0'], /--runs/],
    [['drain', '--events', '1e6'], /--events/],
    [['latency', '--rates', '100,,600'], /--rates/],
    [['flat', '--completed', '100'], /--completed/],
    [['drain', '--relays', '7'], /--relays/],
    [['drain', '--loud'], /--loud/],
  ] as const)
    it(`refuse ${argv.join(' ') || 'nothing at all'} in one line that names it`, () => {
      const refusal = leftOf(readBenchOptions(argv));
      expect(refusal._tag).to.equal('Refuse');
      if (refusal._tag === 'Refuse') expect(refusal.message).to.match(named).and.not.include('\n');
    });
});
