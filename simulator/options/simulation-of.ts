import { planFaults } from '../faults/plan-faults.ts';
import { planRandom } from '../faults/plan-random.ts';
import { loadFor } from '../run/load-for.ts';
import { needsOf } from '../run/needs-of.ts';
import type { Simulation } from '../run/run-simulation.ts';
import { reproduceCommand } from './reproduce-command.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** The run that the options ask for: what clients do and what breaks when, decided by the seed. */
export const simulationOf = (options: SimulateOptions, reportDir: string): Simulation => {
  const { seed, orders, ratePerSecond, sabotage, outageMs, random } = options;
  const needs = needsOf(options.faults);
  const relays = Math.max(options.relays, needs.relays ?? 1);
  const loadMs = (orders / ratePerSecond) * 1_000;
  const schedule = { seed, faults: options.faults, loadMs, relays };
  const tracks = random === true ? planRandom(schedule) : planFaults({ ...schedule, outageMs });
  return {
    seed,
    ...loadFor({ seed, orders, ratePerSecond }, tracks),
    tracks,
    relays,
    needs,
    sabotage,
    reportDir,
    reproduce: reproduceCommand(options, true),
  };
};
