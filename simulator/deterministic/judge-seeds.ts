import { setImmediate as turn } from 'node:timers/promises';
import type { CheckResult } from '../checker/verdict.ts';
import { runHistory } from './run-history.ts';
import type { FailingSeed, Outcome, Task } from './worker-messages.ts';
import type { PlantBug } from './world.ts';

const failingSeed = (seed: number, { verdict, invariants }: CheckResult): readonly FailingSeed[] => {
  if (verdict === 'pass') return [];
  const first = invariants.find((invariant) => invariant.verdict === verdict);
  return first === undefined ? [] : [{ seed, invariantId: first.id, verdict }];
};

/** Runs and judges one history after the other. `stopped` ends it between two. */
export const judgeSeeds = async (
  { from, count }: Task,
  options: { readonly plant?: PlantBug; readonly stopped?: () => boolean } = {},
): Promise<Outcome> => {
  const failing: FailingSeed[] = [];
  let events = 0;
  let histories = 0;
  for (let seed = from; seed < from + count && options.stopped?.() !== true; seed += 1) {
    const history = await runHistory({ seed, plant: options.plant });
    histories += 1;
    events += history.events;
    failing.push(...failingSeed(seed, history.result));
    // A history never lets the event loop turn; signals and messages come in here.
    await turn();
  }
  return { histories, events, failing };
};
