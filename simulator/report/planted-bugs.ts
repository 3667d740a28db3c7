import type { InvariantResult, Verdict } from '../checker/verdict.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';
import { plural } from './format.ts';
import type { RunReport } from './run-report.ts';
import type { Summary } from './summary-html.ts';

/** One planted bug and what became of it. */
export interface ShownBug {
  readonly bug: Pick<Sabotage, 'name' | 'expectedInvariant' | 'describe'>;
  /** `pass`: caught by the invariant that is about it. */
  readonly verdict: Verdict;
  readonly report: RunReport | undefined;
  readonly seconds: number;
  /** Verdict of the same run without the bug; undefined when that was not run. */
  readonly withoutBug: Verdict | undefined;
}

const failedOf = ({ report }: ShownBug): readonly number[] =>
  (report?.invariants ?? []).filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);

const counterexampleOf = ({ bug, report }: ShownBug): string =>
  report?.invariants.find(({ id }) => id === bug.expectedInvariant)?.counterexample?.summary ?? 'none';

const cellsOf = (shown: ShownBug): readonly string[] => [
  shown.bug.name,
  String(shown.bug.expectedInvariant),
  failedOf(shown).join(', ') || 'none',
  shown.withoutBug ?? 'not run',
  `${shown.seconds} s`,
  counterexampleOf(shown),
];

const COLUMNS = ['Planted bug', 'Expected', 'Failed', 'Without it', 'Time', 'Counterexample'];

/** For a console: one line a bug, in columns. */
export const plantedBugsTable = (bugs: readonly ShownBug[]): string => {
  const rows = [
    ['Caught', ...COLUMNS],
    ...bugs.map((shown) => [shown.verdict === 'pass' ? 'yes' : 'NO', ...cellsOf(shown)]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};

/** For the page that leads to the reports of all runs. */
export const plantedBugsSummary = (
  bugs: readonly ShownBug[],
  { verdict }: Pick<InvariantResult, 'verdict'>,
  reproduce: string,
): Summary => {
  const caught = bugs.filter((shown) => shown.verdict === 'pass').length;
  return {
    title: 'Planted bugs',
    subtitle: `${caught} of ${plural(bugs.length, 'planted bug')} caught by the invariant that is about it.`,
    verdict,
    columns: COLUMNS,
    rows: bugs.map((shown) => ({
      cells: cellsOf(shown),
      verdict: shown.verdict,
      ...(shown.report === undefined ? {} : { reportPath: `${shown.bug.name}/report.html` }),
    })),
    reproduce,
  };
};
