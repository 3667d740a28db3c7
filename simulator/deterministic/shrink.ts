import type { InvariantResult } from '../checker/verdict.ts';
import { planOf } from './plan.ts';
import { runHistory } from './run-history.ts';
import type { PlantBug } from './world.ts';

export interface Shrunk {
  readonly seed: number;
  /** Places of the steps that are left, in the plan of the seed. */
  readonly steps: readonly number[];
  /** The invariant that all of this is about, as the shrunk history breaks it. */
  readonly broken: InvariantResult;
}

export interface ShrinkOptions {
  readonly seed: number;
  readonly invariantId: number;
  /** Where to begin; the whole plan without it. */
  readonly steps?: readonly number[] | undefined;
  readonly plant?: PlantBug | undefined;
  /** Histories tried at most. */
  readonly limit?: number;
}

const without = (steps: readonly number[], from: number, count: number): readonly number[] => [
  ...steps.slice(0, from),
  ...steps.slice(from + count),
];

/**
 * Leaves steps out, larger pieces first and single ones last, as long as the same invariant stays broken. What is left
 * is minimal: leaving out any one step more heals it, unless the limit was reached. Undefined when the history does
 * not break the invariant at all.
 */
export const shrink = async ({
  seed,
  invariantId,
  steps,
  plant,
  limit = 400,
}: ShrinkOptions): Promise<Shrunk | undefined> => {
  let runs = 0;
  const brokenBy = async (candidate: readonly number[]): Promise<InvariantResult | undefined> => {
    runs += 1;
    const { result } = await runHistory({ seed, steps: candidate, plant });
    return result.invariants.find(({ id, verdict }) => id === invariantId && verdict === 'fail');
  };
  let left = steps ?? planOf(seed).steps.map((_, place) => place);
  let broken = await brokenBy(left);
  if (broken === undefined) return undefined;
  let piece = Math.ceil(left.length / 2);
  while (piece > 0 && runs < limit) {
    let isSmaller = false;
    for (let from = 0; from < left.length && runs < limit;) {
      const candidate = without(left, from, piece);
      const still = await brokenBy(candidate);
      if (still === undefined) from += piece;
      else {
        left = candidate;
        broken = still;
        isSmaller = true;
      }
    }
    if (piece > 1) piece = Math.ceil(piece / 2);
    else if (!isSmaller) piece = 0;
  }
  return { seed, steps: left, broken };
};
