import type { Verdict } from '../checker/verdict.ts';
import type { Talk } from '../console/talk.ts';
import { runWithEvidence } from '../run/run-simulation.ts';
import { matrixTable } from './matrix-table.ts';
import { runMatrix } from './run-matrix.ts';
import type { RowFault } from './row-result.ts';
import { buildMatrix, writeMatrix } from './write-matrix.ts';

export interface SimulateMatrixOptions {
  readonly rows: readonly RowFault[];
  readonly seed: number;
  readonly reportDir: string;
  readonly reproduce: string;
  /** matrix.json on stdout, the table on stderr. */
  readonly json: boolean;
}

/** `--faults matrix`: runs the rows, prints the table, writes the reports. */
export const simulateMatrix = async (
  options: SimulateMatrixOptions,
  talk: Talk,
  signal: AbortSignal,
): Promise<Verdict> => {
  const { seed, rows, reproduce, reportDir } = options;
  const startedAt = new Date().toISOString();
  const results = await runMatrix(
    {
      rows,
      seed,
      reportDir,
      talk,
      signal,
      done: ({ number, name, verdict, seen }) => talk.line(`Row ${number} (${name}): ${verdict}. ${seen}\n`),
    },
    runWithEvidence,
  );
  const finishedAt = new Date().toISOString();
  const matrix = buildMatrix({ seed, startedAt, finishedAt, reproduce, rows: results });
  const page = await writeMatrix(reportDir, matrix);
  talk.close();
  (options.json ? process.stderr : process.stdout).write(`${matrixTable(results)}\nReport: ${page}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(matrix, null, 2)}\n`);
  const count = (verdict: Verdict): number => results.filter((row) => row.verdict === verdict).length;
  talk.line(
    `${matrix.verdict.toUpperCase()}: ${count('pass')} pass, ${count('fail')} fail, ${count('unknown')} unknown`,
  );
  return matrix.verdict;
};
