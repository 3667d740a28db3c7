import type { Track } from '../faults/fault.ts';
import { isPoison, POISON_TOPIC_LIMIT } from '../faults/poison.ts';
import { planWorkload } from '../workload/plan.ts';
import type { Simulation } from './run-simulation.ts';

/** Share of payments that are declined. */
const DECLINE_RATIO = 0.05;

export interface LoadOptions {
  readonly seed: number;
  readonly orders: number;
  readonly ratePerSecond: number;
}

/** What clients do, and what the topic takes, while these faults are made: poison brings an order too large for it. */
export const loadFor = (
  options: LoadOptions,
  tracks: readonly Track[],
): Pick<Simulation, 'plan' | 'declineRatio' | 'topicLimit'> => {
  const poisonAtMs = tracks.flat().find(({ kind }) => isPoison(kind))?.waitMs;
  return {
    plan: planWorkload({ ...options, ...(poisonAtMs === undefined ? {} : { poisonAtMs }) }),
    declineRatio: DECLINE_RATIO,
    topicLimit: poisonAtMs === undefined ? undefined : POISON_TOPIC_LIMIT,
  };
};
