import { check } from '../checker/check.ts';
import { invariants } from '../checker/invariants/all.ts';
import type { CheckResult } from '../checker/verdict.ts';
import { attemptsDeserved } from './attempts-deserved.ts';
import { evidenceOf } from './evidence-of.ts';
import { liveThrough } from './live-through.ts';
import { planOf } from './plan.ts';
import type { Step } from './plan.ts';
import { World } from './world.ts';
import type { PlantBug } from './world.ts';

export interface HistoryOptions {
  readonly seed: number;
  /** Places of the steps to carry out, in the plan of the seed; all without it. */
  readonly steps?: readonly number[] | undefined;
  readonly plant?: PlantBug | undefined;
  readonly tell?: ((line: string) => void) | undefined;
}

export interface History {
  readonly result: CheckResult;
  /** What happened to happen. */
  readonly events: number;
}

/** The steps of a plan at these places. */
export const chosenSteps = (all: readonly Step[], places: readonly number[] | undefined): readonly Step[] =>
  places === undefined ? all : all.filter((_, place) => places.includes(place));

/** One history from its seed to its verdict. The same options give the same history, byte for byte. */
export const runHistory = async ({ seed, steps, plant, tell }: HistoryOptions): Promise<History> => {
  const plan = planOf(seed);
  const world = new World({ plan, plant, tell });
  await liveThrough(world, chosenSteps(plan.steps, steps));
  const evidence = evidenceOf(world);
  tell?.(JSON.stringify(evidence));
  const judgedBy = [...invariants, attemptsDeserved(world.broker.answers)];
  return { result: check(evidence, judgedBy), events: evidence.outbox.rows.length };
};
