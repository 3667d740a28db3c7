import { availableParallelism } from 'node:os';
import * as E from 'fp-ts/lib/Either.js';
import type { Verdict } from '../checker/verdict.ts';
import { exitCodeOf } from '../console/finish.ts';
import { talkTo } from '../console/talk.ts';
import type { Talk } from '../console/talk.ts';
import { grouped } from '../report/format.ts';
import { EXIT_UNKNOWN, onStopSignals } from '../run/stop-signals.ts';
import { counterexampleText } from './counterexample-text.ts';
import { readDeterministicOptions, replayCommand } from './deterministic-options.ts';
import type { DeterministicOptions } from './deterministic-options.ts';
import { planOf } from './plan.ts';
import { chosenSteps, runHistory } from './run-history.ts';
import { runSeeds } from './run-seeds.ts';
import type { SeedsSoFar } from './run-seeds.ts';
import { shrink } from './shrink.ts';
import type { Shrunk } from './shrink.ts';

/** Histories that were shrunk and are shown. */
const SHOWN = 2;

const perSecond = (histories: number, startedAt: number): number =>
  Math.round(histories / Math.max(0.001, (performance.now() - startedAt) / 1_000));

const verdictOf = ({ histories, failing }: SeedsSoFar, asked: number): Verdict => {
  if (failing.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return failing.length > 0 || histories < asked ? 'unknown' : 'pass';
};

/** One history, told in full: its verdict, and what is broken in it as it stands. */
const replay = async ({ seed, steps, json }: DeterministicOptions, talk: Talk): Promise<number> => {
  const all = planOf(seed).steps.map((_, place) => place);
  const chosen = steps ?? all;
  const { result, events } = await runHistory({ seed, steps: chosen });
  if (json) process.stdout.write(`${JSON.stringify({ seed, steps: chosen, ...result }, undefined, 2)}\n`);
  for (const invariant of result.invariants)
    if (invariant.verdict === 'fail') talk.line(`${counterexampleText(seed, chosen, invariant)}\n`);
    else if (invariant.verdict === 'unknown')
      talk.line(`? ${invariant.id}. ${invariant.name}: ${invariant.doubts[0] ?? ''}`);
  const count = chosenSteps(planOf(seed).steps, chosen).length;
  talk.line(`${result.verdict.toUpperCase()}: seed ${seed}, ${count} steps, ${events} events`);
  return exitCodeOf(result.verdict);
};

const shrunkOnes = async ({ failing }: SeedsSoFar, talk: Talk, signal: AbortSignal): Promise<readonly Shrunk[]> => {
  const shrunk: Shrunk[] = [];
  for (const { seed, invariantId } of failing.filter(({ verdict }) => verdict === 'fail').slice(0, SHOWN)) {
    if (signal.aborted) break;
    talk.line(`seed ${seed} breaks invariant ${invariantId}; leaving out what it does not need`);
    const found = await shrink({ seed, invariantId });
    if (found !== undefined) shrunk.push(found);
  }
  return shrunk;
};

const runAll = async (options: DeterministicOptions, talk: Talk, signal: AbortSignal): Promise<number> => {
  const { seed, seeds, json } = options;
  const startedAt = performance.now();
  talk.line(`${grouped(seeds)} histories, seeds ${seed} to ${seed + seeds - 1}`);
  const seen = await runSeeds({
    from: seed,
    count: seeds,
    processes: availableParallelism(),
    signal,
    progress: ({ histories, events, failing }) =>
      talk.status(
        `${grouped(histories)} of ${grouped(seeds)} histories | ${perSecond(histories, startedAt)}/s | ${grouped(events)} events | ${failing.length} failing`,
      ),
  });
  const rate = perSecond(seen.histories, startedAt);
  const shrunk = await shrunkOnes(seen, talk, signal);
  for (const { seed: failed, steps, broken } of shrunk) talk.line(`\n${counterexampleText(failed, steps, broken)}\n`);
  for (const { seed: failed, invariantId, verdict } of seen.failing)
    talk.line(`  ${verdict} invariant ${invariantId}: ${replayCommand(failed)}`);
  const verdict = verdictOf(seen, seeds);
  if (json) {
    const failures = shrunk.map(({ broken, ...one }) => ({
      ...one,
      broken,
      reproduce: replayCommand(one.seed, one.steps),
    }));
    const report = { verdict, seeds: { from: seed, asked: seeds }, ...seen, historiesPerSecond: rate, failures };
    process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  }
  const early = seen.histories < seeds ? `, ended early of ${grouped(seeds)}` : '';
  talk.line(
    `${verdict.toUpperCase()}: ${grouped(seen.histories)} histories${early}, ${grouped(seen.events)} events, ${seen.failing.length} failing, ${rate} histories/s`,
  );
  return exitCodeOf(verdict);
};

/** `npm run simulate -- --deterministic`. Answers the exit code: 0 pass, 1 fail, 2 unknown or ended early. */
export const simulateDeterministic = async (argv: readonly string[]): Promise<number> => {
  const options = readDeterministicOptions(argv);
  if (E.isLeft(options)) {
    const { left } = options;
    if (left._tag === 'Print') process.stdout.write(left.text);
    else process.stderr.write(`simulate: ${left.message} (--deterministic --help shows all)\n`);
    return left._tag === 'Print' ? 0 : EXIT_UNKNOWN;
  }
  const talk = talkTo(options.right.json ? process.stderr : process.stdout, process.env);
  const stop = onStopSignals((first) =>
    talk.line(first ? 'Ending after the histories at work; press Ctrl-C again to end at once.' : 'Ended at once.'),
  );
  try {
    if (options.right.seeds === 1) return await replay(options.right, talk);
    return await runAll(options.right, talk, stop.signal);
  } finally {
    talk.close();
  }
};
