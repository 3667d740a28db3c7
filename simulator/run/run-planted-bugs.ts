import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { EnvironmentError } from '../../tools/environment/environment-error.ts';
import { judgeCampaign } from '../checker/campaign.ts';
import type { PlantedRun } from '../checker/campaign.ts';
import type { Verdict } from '../checker/verdict.ts';
import type { Talk } from '../console/talk.ts';
import type { Campaign } from '../options/campaign.ts';
import type { SimulateOptions } from '../options/simulate-options.ts';
import { simulationOf } from '../options/simulation-of.ts';
import { plantedBugsSummary, plantedBugsTable } from '../report/planted-bugs.ts';
import type { ShownBug } from '../report/planted-bugs.ts';
import type { RunReport } from '../report/run-report.ts';
import { summaryHtml } from '../report/summary-html.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';
import { prepareReportFolder } from './report-folder.ts';
import { runSimulation } from './run-simulation.ts';

/** Undefined when there was nothing to judge: servers that did not come up, a folder that cannot be written. */
const runOne = async (
  options: SimulateOptions,
  reportDir: string,
  talk: Talk,
  signal: AbortSignal,
): Promise<RunReport | undefined> => {
  const folder = prepareReportFolder(reportDir);
  if (E.isLeft(folder)) {
    talk.line(folder.left);
    return undefined;
  }
  try {
    return (await runSimulation(simulationOf(options, folder.right), talk, signal)).report;
  } catch (cause) {
    if (!(cause instanceof EnvironmentError)) throw cause;
    talk.line(cause.message);
    return undefined;
  }
};

interface BugRun {
  readonly run: PlantedRun;
  readonly shown: ShownBug;
}

const runBug = async (
  options: SimulateOptions & { readonly sabotage: Sabotage },
  control: boolean,
  once: (options: SimulateOptions, name: string) => Promise<RunReport | undefined>,
): Promise<BugRun> => {
  const { sabotage: bug, ...honest } = options;
  const startedAt = performance.now();
  const result = await once(options, bug.name);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const withoutBug = control ? await once(honest, `${bug.name}-without`) : undefined;
  const run: PlantedRun = {
    bug: bug.name,
    expectedInvariant: bug.expectedInvariant,
    result,
    // A control that gave no result is no pass.
    ...(control ? { withoutBug: withoutBug ?? { verdict: 'unknown', invariants: [] } } : {}),
  };
  const { verdict } = judgeCampaign([run]);
  return { run, shown: { bug, verdict, report: result, seconds, withoutBug: run.withoutBug?.verdict } };
};

/**
 * Runs every planted bug after the other, tells of each whether it was caught, and judges them together: pass when
 * all were caught. Every run has a report of its own below `reportDir`, and index.html there leads to them.
 */
export const runPlantedBugs = async (
  { runs, withControls, seed }: Campaign,
  reportDir: string,
  talk: Talk,
  signal: AbortSignal,
): Promise<Verdict> => {
  const done: BugRun[] = [];
  for (const options of runs) {
    const { sabotage: bug } = options;
    if (bug === undefined || signal.aborted) continue;
    talk.line(talk.paint('yellow', `PLANTED BUG ${done.length + 1} of ${runs.length}: ${bug.name}: ${bug.describe}`));
    const once = (each: SimulateOptions, name: string): Promise<RunReport | undefined> =>
      runOne(each, join(reportDir, name), talk, signal);
    done.push(await runBug({ ...options, sabotage: bug }, withControls, once));
  }
  const judged = judgeCampaign(
    done.map(({ run }) => run),
    runs.flatMap(({ sabotage }) => sabotage?.name ?? []),
  );
  const shown = done.map(({ shown: each }) => each);
  const index = join(reportDir, 'index.html');
  const reproduce = `npm run simulate -- --sabotage all${withControls ? ' --with-controls' : ''} --seed ${seed}`;
  await writeFile(index, await summaryHtml(plantedBugsSummary(shown, judged, reproduce)));
  talk.line(`\n${plantedBugsTable(shown)}`);
  for (const doubt of judged.doubts) talk.line(doubt);
  const colour = judged.verdict === 'pass' ? 'green' : 'red';
  talk.line(talk.paint(colour, `${judged.verdict.toUpperCase()}: ${judged.id}. ${judged.name}`));
  talk.line(`Report: ${index}\nAgain:  ${reproduce}`);
  return judged.verdict;
};
