import { readFile } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { exitCodeOf, runToExit } from './console/finish.ts';
import { talkTo } from './console/talk.ts';
import type { Talk } from './console/talk.ts';
import { isDeterministic } from './deterministic/deterministic-options.ts';
import { simulateDeterministic } from './deterministic/simulate-deterministic.ts';
import { faults } from './faults/catalog.ts';
import { planFaults } from './faults/plan-faults.ts';
import { POISON_TOPIC_LIMIT } from './faults/poison.ts';
import { readOptions, reproduceCommand } from './options/options.ts';
import type { SimulateOptions } from './options/options.ts';
import type { RunReport } from './report/run-report.ts';
import { verdictText } from './report/verdict-text.ts';
import { defaultReportFolder, prepareReportFolder } from './run/report-folder.ts';
import { runSimulation } from './run/run-simulation.ts';
import type { Simulation } from './run/run-simulation.ts';
import { EXIT_UNKNOWN, onStopSignals } from './run/stop-signals.ts';
import { sabotages } from './sabotage/catalog.ts';
import { planWorkload } from './workload/plan.ts';

/* `npm run simulate`: load, faults and planted bugs against the real service, with a verdict. Exit 0, 1 or 2. */

const DECLINE_RATIO = 0.05;

const simulationOf = (options: SimulateOptions, reportDir: string): Simulation => {
  const { seed, orders, ratePerSecond, relays, sabotage, outageMs } = options;
  const loadMs = (orders / ratePerSecond) * 1_000;
  const tracks = planFaults({ seed, faults: options.faults, loadMs, relays, outageMs });
  const poisonAtMs = tracks.flat().find(({ kind }) => kind === 'poison')?.waitMs;
  return {
    seed,
    plan: planWorkload({ seed, orders, ratePerSecond, ...(poisonAtMs === undefined ? {} : { poisonAtMs }) }),
    tracks,
    relays,
    declineRatio: DECLINE_RATIO,
    topicLimit: poisonAtMs === undefined ? undefined : POISON_TOPIC_LIMIT,
    sabotage,
    reportDir,
    reproduce: reproduceCommand(options, true),
  };
};

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

const main = async (): Promise<number> => {
  if (isDeterministic(process.argv.slice(2))) return simulateDeterministic(process.argv.slice(2));
  const options = readOptions(process.argv.slice(2), { faults, sabotages }, process.env);
  if (E.isLeft(options)) {
    const { left } = options;
    if (left._tag === 'Print') process.stdout.write(left.text);
    else process.stderr.write(`simulate: ${left.message} (--help shows all)\n`);
    return left._tag === 'Print' ? 0 : EXIT_UNKNOWN;
  }
  const { reportDir = defaultReportFolder('simulate', options.right.seed, new Date()) } = options.right;
  const folder = prepareReportFolder(reportDir);
  if (E.isRight(folder)) return simulate(options.right, folder.right);
  process.stderr.write(`simulate: ${folder.left}\n`);
  return EXIT_UNKNOWN;
};

runToExit('simulate', main);
