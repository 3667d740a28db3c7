import { readFile } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { exitCodeOf, runToExit } from './console/finish.ts';
import { talkTo } from './console/talk.ts';
import type { Talk } from './console/talk.ts';
import { isDeterministic } from './deterministic/deterministic-options.ts';
import { simulateDeterministic } from './deterministic/simulate-deterministic.ts';
import { faults } from './faults/catalog.ts';
import { simulateMatrix } from './matrix/simulate-matrix.ts';
import type { Campaign } from './options/campaign.ts';
import { readOptions } from './options/read-options.ts';
import type { Instead } from './options/read-options.ts';
import { reproduceCommand } from './options/reproduce-command.ts';
import type { SimulateOptions } from './options/simulate-options.ts';
import { simulationOf } from './options/simulation-of.ts';
import type { RunReport } from './report/run-report.ts';
import { verdictText } from './report/verdict-text.ts';
import { defaultReportFolder, prepareReportFolder } from './run/report-folder.ts';
import { runPlantedBugs } from './run/run-planted-bugs.ts';
import { runSimulation } from './run/run-simulation.ts';
import { EXIT_UNKNOWN, onStopSignals } from './run/stop-signals.ts';
import { sabotages } from './sabotage/catalog.ts';

/* `npm run simulate`: load, faults and planted bugs against the real service, with a verdict. Exit 0, 1 or 2. */

const announce = (talk: Talk, { seed, orders, ratePerSecond, faults: chosen, sabotage }: SimulateOptions): void => {
  talk.line(`${orders} orders at ${Number(ratePerSecond.toFixed(2))}/s, seed ${seed}`);
  for (const { name, describe } of chosen) talk.line(`  ${name}: ${describe}`);
  if (sabotage !== undefined)
    talk.line(talk.paint('yellow', `  PLANTED BUG ${sabotage.name} (${sabotage.replaces}): ${sabotage.describe}`));
};

/** A planted bug is caught only when the invariant made for it fails. */
const judgeSabotage = (talk: Talk, options: SimulateOptions, report: RunReport): number => {
  const { sabotage } = options;
  if (sabotage === undefined) return exitCodeOf(report.verdict);
  const expected = report.invariants.find(({ id }) => id === sabotage.expectedInvariant);
  const name = `invariant ${sabotage.expectedInvariant} (${expected?.name ?? 'unknown to the checker'})`;
  const caught = expected?.verdict === 'fail';
  if (caught) talk.line(`The planted bug ${sabotage.name} was caught by ${name}.`);
  else talk.line(talk.paint('red', `The planted bug ${sabotage.name} was NOT caught: ${name} did not fail.`));
  talk.line(`Without it: ${reproduceCommand(options, false)}`);
  return caught ? exitCodeOf('fail') : EXIT_UNKNOWN;
};

const simulate = async (options: SimulateOptions, reportDir: string): Promise<number> => {
  const stream = options.json ? process.stderr : process.stdout;
  const talk = talkTo(stream, process.env);
  const stop = onStopSignals((first) =>
    talk.line(first ? 'Ending the run; press Ctrl-C again to end it at once.' : 'Ended at once.'),
  );
  try {
    if (options.matrix !== undefined) {
      const { matrix: rows, seed, json } = options;
      const reproduce = reproduceCommand(options, false);
      return exitCodeOf(await simulateMatrix({ rows, seed, json, reportDir, reproduce }, talk, stop.signal));
    }
    announce(talk, options);
    const written = await runSimulation(simulationOf(options, reportDir), talk, stop.signal);
    const named = options.sabotage?.expectedInvariant;
    stream.write(`\n${verdictText(written.report, { colour: talk.paints, reportPath: written.html, named })}`);
    if (options.json) process.stdout.write(await readFile(written.json, 'utf8'));
    return judgeSabotage(talk, options, written.report);
  } finally {
    talk.close();
  }
};

/** A folder that exists and can be written, or one line that says why not. */
const folderFor = (reportDir: string | undefined, seed: number): ReturnType<typeof prepareReportFolder> =>
  prepareReportFolder(reportDir ?? defaultReportFolder('simulate', seed, new Date()));

const runCampaign = async (campaign: Campaign, reportDir: string): Promise<number> => {
  const talk = talkTo(process.stdout, process.env);
  const stop = onStopSignals((first) =>
    talk.line(first ? 'Ending the run; press Ctrl-C again to end it at once.' : 'Ended at once.'),
  );
  try {
    return exitCodeOf(await runPlantedBugs(campaign, reportDir, talk, stop.signal));
  } finally {
    talk.close();
  }
};

const refuse = (message: string): number => {
  process.stderr.write(`simulate: ${message}\n`);
  return EXIT_UNKNOWN;
};

const instead = async (asked: Instead): Promise<number> => {
  switch (asked._tag) {
    case 'Print':
      process.stdout.write(asked.text);
      return 0;
    case 'Refuse':
      return refuse(`${asked.message} (--help shows all)`);
    case 'Campaign': {
      const folder = folderFor(asked.campaign.reportDir, asked.campaign.seed);
      return E.isLeft(folder) ? refuse(folder.left) : runCampaign(asked.campaign, folder.right);
    }
  }
};

const main = async (): Promise<number> => {
  if (isDeterministic(process.argv.slice(2))) return simulateDeterministic(process.argv.slice(2));
  const options = readOptions(process.argv.slice(2), { faults, sabotages }, process.env);
  if (E.isLeft(options)) return instead(options.left);
  const folder = folderFor(options.right.reportDir, options.right.seed);
  return E.isLeft(folder) ? refuse(folder.left) : simulate(options.right, folder.right);
};

runToExit('simulate', main);
