import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Talk } from '../console/talk.ts';
import { planFaults } from '../faults/plan-faults.ts';
import { EndedEarly } from '../run/ended-early.ts';
import { loadFor } from '../run/load-for.ts';
import type { runWithEvidence, Simulation } from '../run/run-simulation.ts';
import { judgeAlone, judgeRow, withoutResult } from './row-result.ts';
import type { RowFault, RowResult } from './row-result.ts';

/** Short, so that the whole matrix ends in minutes; long enough that work is under way when things break. */
const USUAL_LOAD = { orders: 150, ratePerSecond: 12 };

/** True of what a row throws that was ended by its signal. */
const isEnd = (cause: unknown, { aborted }: AbortSignal): boolean =>
  aborted && (cause instanceof EndedEarly || (cause instanceof Error && cause.name === 'AbortError'));

const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s*\n\s*/g, ' ');

/** Each row has a seed of its own, so that a row alone repeats what it did in the whole matrix. */
export const seedOfRow = (seed: number, row: number): number => (seed + row * 7_919) % 0x1_0000_0000;

const simulationOf = (fault: RowFault, matrixSeed: number, reportDir: string): Simulation => {
  const { orders, ratePerSecond } = fault.row.load ?? USUAL_LOAD;
  const { house = {}, number } = fault.row;
  const seed = seedOfRow(matrixSeed, number);
  const relays = house.relays ?? 1;
  const tracks = planFaults({ seed, faults: [fault], loadMs: (orders / ratePerSecond) * 1_000, relays });
  return {
    seed,
    ...loadFor({ seed, orders, ratePerSecond }, tracks),
    tracks,
    relays,
    needs: house,
    sabotage: undefined,
    reportDir,
    reproduce: `npm run simulate -- --faults matrix --rows ${fault.name} --seed ${matrixSeed}`,
  };
};

export interface MatrixOptions {
  readonly rows: readonly RowFault[];
  readonly seed: number;
  /** Exists and can be written; each row has a folder of its own in it. */
  readonly reportDir: string;
  readonly talk: Talk;
  readonly signal: AbortSignal;
  /** Told after each row. */
  readonly done: (result: RowResult) => void;
}

const folderOf = ({ name, row }: RowFault): string => `${String(row.number).padStart(2, '0')}-${name}`;

/**
 * Runs the rows one after the other, each in an environment of its own. A row that cannot run, breaks down or is never
 * reached has the verdict unknown.
 */
export const runMatrix = async (options: MatrixOptions, run: typeof runWithEvidence): Promise<readonly RowResult[]> => {
  const { talk, signal, seed } = options;
  const runRow = async (fault: RowFault): Promise<RowResult> => {
    if (signal.aborted) return withoutResult(fault, 'not run: the matrix was ended early');
    talk.line(talk.paint('bold', `Row ${fault.row.number}: ${fault.name}. ${fault.describe}`));
    try {
      const hindrance = await fault.row.cannotRun?.();
      if (hindrance !== undefined) return withoutResult(fault, `cannot run on this machine: ${hindrance}`);
      const folder = folderOf(fault);
      const reportDir = join(options.reportDir, folder);
      await mkdir(reportDir, { recursive: true });
      const seenAlone = await fault.row.alone?.({
        seed: seedOfRow(seed, fault.row.number),
        reportDir,
        say: (line) => talk.line(`  ${line}`),
        signal,
      });
      if (seenAlone !== undefined) return judgeAlone(fault, seenAlone);
      return judgeRow(fault, await run(simulationOf(fault, seed, reportDir), talk, signal), folder);
    } catch (cause) {
      if (isEnd(cause, signal)) return withoutResult(fault, 'not decided: the matrix was ended early');
      return withoutResult(fault, `broke down: ${messageOf(cause)}`);
    }
  };
  const results: RowResult[] = [];
  for (const fault of options.rows) {
    const result = await runRow(fault);
    results.push(result);
    options.done(result);
  }
  return results;
};
