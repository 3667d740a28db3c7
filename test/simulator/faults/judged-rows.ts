import { check } from '../../../simulator/checker/check.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import type { Aftermath, Fault, Sighting } from '../../../simulator/faults/fault.ts';
import { buildReport } from '../../../simulator/report/run-report.ts';

const aftermathOf = (evidence: Evidence): Aftermath => ({
  report: buildReport({ evidence, result: check(evidence), reproduce: 'again' }),
  evidence,
  answers: [],
});

/** What the judge of a row of the matrix says about a run with this evidence. */
export const judgedBy = ({ row }: Fault, evidence: Evidence): readonly Sighting['holds'][] =>
  (row?.judge?.(aftermathOf(evidence)) ?? []).map(({ holds }) => holds);
