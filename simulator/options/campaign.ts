import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Catalogs } from './catalogs.ts';
import type { SeededFlags } from './flags.ts';
import { refuse } from './no-run.ts';
import type { NoRun } from './no-run.ts';
import { runOf } from './run-of.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** One run for every planted bug, one after the other. */
export interface Campaign {
  readonly runs: readonly SimulateOptions[];
  /** Each run once more without its bug: it must pass. */
  readonly withControls: boolean;
  readonly seed: number;
  readonly reportDir?: string;
}

const FIXED_BY_BUGS = ['orders', 'rate', 'duration', 'faults', 'relays', 'outage', 'json'] as const;

/** `--sabotage all`. */
export const campaignOf = (
  { report, withControls, seed, ...flags }: SeededFlags,
  catalogs: Catalogs,
  environment: NodeJS.ProcessEnv,
): Either<NoRun, Campaign> => {
  const given = FIXED_BY_BUGS.find((name) => flags[name] !== undefined);
  if (given !== undefined) return refuse(`--sabotage all runs each bug as it must be run; leave out --${given}`);
  const runs = catalogs.sabotages.map((sabotage) => runOf({ seed }, sabotage, catalogs, environment));
  const refused = runs.find(E.isLeft);
  if (refused !== undefined) return refused;
  return E.right({
    runs: runs.flatMap((run) => (E.isRight(run) ? [run.right] : [])),
    withControls: withControls ?? false,
    seed,
    ...(report === undefined ? {} : { reportDir: report }),
  });
};
