import { expect } from 'chai';
import { plantedBugsSummary, plantedBugsTable } from '../../../simulator/report/planted-bugs.ts';
import type { ShownBug } from '../../../simulator/report/planted-bugs.ts';
import type { RunReport } from '../../../simulator/report/run-report.ts';

type Invariant = RunReport['invariants'][number];

const broken = (id: number, summary: string): Invariant => ({
  id,
  name: `invariant ${id}`,
  verdict: 'fail',
  checked: 9,
  violations: 1,
  doubts: [],
  notes: [],
  counterexample: { summary, expected: 'right', seen: 'wrong', timeline: [] },
});

const bug = (name: string, expectedInvariant: number, ...invariants: readonly Invariant[]): ShownBug => ({
  bug: { name, expectedInvariant, describe: 'does wrong' },
  verdict: invariants.some(({ id }) => id === expectedInvariant) ? 'pass' : 'fail',
  // Only its invariants are looked at.
  report: { invariants } as RunReport,
  seconds: 41,
  withoutBug: 'pass',
});

const caught = bug('swap-two', 7, broken(4, 'another one lies there'), broken(7, 'out of order'));
const missed = bug('drop-one', 3);
const broke: ShownBug = { ...bug('no-inbox', 10), verdict: 'unknown', report: undefined, withoutBug: undefined };

describe('the table of planted bugs', () => {
  it('tells of each what was expected, what failed, and the counterexample of the expected one', () => {
    expect(plantedBugsTable([caught, missed, broke]).split('\n')).to.deep.equal([
      'Caught  Planted bug  Expected  Failed  Without it  Time  Counterexample',
      'yes     swap-two     7         4, 7    pass        41 s  out of order',
      'NO      drop-one     3         none    pass        41 s  none',
      'NO      no-inbox     10        none    not run     41 s  none',
      '',
    ]);
  });

  it('leads to the report of each run that has one', () => {
    const { subtitle, rows } = plantedBugsSummary([caught, missed, broke], { verdict: 'fail' }, 'again');
    expect(subtitle).to.match(/^1 of 3 planted bugs caught/);
    expect(rows.map(({ reportPath }) => reportPath)).to.deep.equal([
      'swap-two/report.html',
      'drop-one/report.html',
      undefined,
    ]);
  });
});
