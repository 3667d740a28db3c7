import { planFaults } from '../faults/plan-faults.ts';
import { POISON_TOPIC_LIMIT } from '../faults/poison.ts';
import type { Simulation } from '../run/run-simulation.ts';
import { planWorkload } from '../workload/plan.ts';
import { reproduceCommand } from './options.ts';
import type { SimulateOptions } from './options.ts';

const DECLINE_RATIO = 0.05;

/** The run that the options ask for: what clients do and what breaks when, decided by the seed. */
export const simulationOf = (options: SimulateOptions, reportDir: string): Simulation => {
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
