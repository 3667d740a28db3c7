import type { CheckResult, Counterexample, InvariantResult, Verdict } from './verdict.ts';

/** One run with a planted bug. */
export interface PlantedRun {
  readonly bug: string;
  /** The invariant that must fail. */
  readonly expectedInvariant: number;
  /** Undefined: the run gave no result. */
  readonly result: CheckResult | undefined;
  /** The same seed and faults without the bug, when that was run too; it must pass. */
  readonly withoutBug?: CheckResult | undefined;
}

interface Shown {
  readonly verdict: Verdict;
  readonly what: string;
}

const judgeRun = ({ bug, expectedInvariant, result, withoutBug }: PlantedRun): Shown => {
  const expected = result?.invariants.find(({ id }) => id === expectedInvariant);
  const shown = (verdict: Verdict, what: string): Shown => ({ verdict, what: `${bug}: ${what}` });
  if (expected === undefined) return shown('unknown', `invariant ${expectedInvariant} was not judged`);
  if (expected.verdict === 'unknown')
    return shown('unknown', `invariant ${expectedInvariant} could not be decided (${expected.doubts.join('; ')})`);
  if (expected.verdict === 'pass') return shown('fail', `invariant ${expectedInvariant} holds in spite of it`);
  if (expected.counterexample === undefined)
    return shown('fail', `invariant ${expectedInvariant} fails without a counterexample`);
  if (withoutBug !== undefined && withoutBug.verdict !== 'pass')
    return shown(withoutBug.verdict, `without the bug the same run ends ${withoutBug.verdict}, not pass`);
  return shown('pass', 'caught');
};

/**
 * Invariant 19: every planted bug is caught, by the invariant that is about it. Judged over the runs of a campaign,
 * since a single run has at most one bug. A bug of `planted` without a run is unknown, never caught.
 */
export const judgeCampaign = (
  runs: readonly PlantedRun[],
  planted: readonly string[] = runs.map(({ bug }) => bug),
): InvariantResult => {
  const shown = runs.map(judgeRun);
  const missed = shown.filter(({ verdict }) => verdict === 'fail');
  const doubts = [
    ...shown.filter(({ verdict }) => verdict === 'unknown').map(({ what }) => what),
    ...planted.filter((name) => !runs.some(({ bug }) => bug === name)).map((name) => `${name}: was not run`),
    ...(runs.length === 0 ? ['no bug was planted'] : []),
  ];
  const [first] = missed;
  const counterexample: Counterexample | undefined =
    first === undefined
      ? undefined
      : { summary: 'A planted bug was not caught.', expected: 'its invariant fails', seen: first.what, timeline: [] };
  return {
    id: 19,
    name: 'Every planted bug is caught by the invariant that is about it',
    verdict: missed.length > 0 ? 'fail' : doubts.length > 0 ? 'unknown' : 'pass',
    checked: runs.length,
    violations: missed.length,
    ...(counterexample === undefined ? {} : { counterexample }),
    doubts,
    notes: [],
  };
};
