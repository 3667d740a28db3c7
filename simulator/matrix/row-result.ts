import type { Verdict } from '../checker/verdict.ts';
import type { Fault, MatrixRow, Sighting } from '../faults/fault.ts';
import type { SimulationResult } from '../run/run-simulation.ts';
import { recoveryMs } from './recovery.ts';

/** A fault that is a row of the matrix. */
export type RowFault = Fault & { readonly row: MatrixRow };

/** One row of the table, as it stands in matrix.json. */
export interface RowResult {
  readonly number: number;
  readonly name: string;
  readonly fault: string;
  readonly expected: string;
  readonly seen: string;
  readonly verdict: Verdict;
  /** From the heal to the end of the backlog on the topic; null when it was not measured. */
  readonly recoveryMs: number | null;
  /** Events on the topic more than once; null when the row did not run. */
  readonly duplicates: number | null;
  /** Folder of the row's own report, below the matrix's; null when it has none. */
  readonly report: string | null;
}

const rank: Readonly<Record<Verdict, number>> = { pass: 0, unknown: 1, fail: 2 };

/** `fail` if any fails, else `unknown` if any is unknown or there is none, else `pass`. */
export const worstOf = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.length === 0 ? 'unknown' : verdicts.reduce((worst, next) => (rank[next] > rank[worst] ? next : worst));

const verdictOf = ({ holds }: Sighting): Verdict => (holds === undefined ? 'unknown' : holds ? 'pass' : 'fail');

const tell = (sighting: Sighting): string =>
  ({ pass: sighting.what, fail: `NOT: ${sighting.what}`, unknown: `not decided: ${sighting.what}` })[
    verdictOf(sighting)
  ];

const aboutRow = ({ name, describe, row }: RowFault): Pick<RowResult, 'number' | 'name' | 'fault' | 'expected'> => ({
  number: row.number,
  name,
  fault: describe,
  expected: row.expected,
});

/** A row that gave no verdict, and why. */
export const withoutResult = (fault: RowFault, why: string): RowResult => ({
  ...aboutRow(fault),
  seen: why,
  verdict: 'unknown',
  recoveryMs: null,
  duplicates: null,
  report: null,
});

/** Of a row that has no run of the checker: everything that had to be seen was seen, and something was. */
export const judgeAlone = (fault: RowFault, sightings: readonly Sighting[]): RowResult => ({
  ...withoutResult(fault, sightings.map(tell).join('; ')),
  verdict: worstOf(sightings.map(verdictOf)),
});

const counterexampleOf = ({ report }: SimulationResult): readonly string[] =>
  report.invariants.flatMap(({ id, name, verdict, counterexample, doubts }) => {
    if (verdict === 'fail') return [`invariant ${id} (${name}) is broken: ${counterexample?.summary ?? ''}`];
    return verdict === 'unknown' ? [`invariant ${id} is undecided: ${doubts.join('; ')}`] : [];
  });

/** A row passes when the checker passes the run and everything that had to be seen was seen. */
export const judgeRow = (fault: RowFault, result: SimulationResult, report: string): RowResult => {
  const sightings = [...result.sightings, ...(fault.row.judge?.(result) ?? [])];
  const { events } = result.report;
  const counts = `${events.published} published, ${events.lost} lost, ${events.outOfOrder} out of order`;
  return {
    ...aboutRow(fault),
    seen: [...counterexampleOf(result), ...sightings.map(tell), counts].join('; '),
    verdict: worstOf([result.report.verdict, ...sightings.map(verdictOf)]),
    recoveryMs: recoveryMs(result.evidence),
    duplicates: events.duplicatesPublished,
    report,
  };
};
