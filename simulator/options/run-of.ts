import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Fault } from '../faults/fault.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';
import type { Catalogs } from './catalogs.ts';
import { faultsOf } from './faults-of.ts';
import type { SeededFlags } from './flags.ts';
import { killable } from './killable.ts';
import { loadOf } from './load-of.ts';
import { matrixOf } from './matrix-of.ts';
import { refuse } from './no-run.ts';
import type { NoRun } from './no-run.ts';
import { outageOf } from './outage-of.ts';
import type { SimulateOptions } from './simulate-options.ts';
import { usualLoad } from './usual-load.ts';

/** The run that the flags ask for; a planted bug brings its faults, and its load and relays when nobody says otherwise. */
export const runOf = (
  flags: SeededFlags,
  sabotage: Sabotage | undefined,
  catalogs: Catalogs,
  environment: NodeJS.ProcessEnv,
): Either<NoRun, SimulateOptions> => {
  if (flags.faults?.includes('matrix') === true) return matrixOf(flags, catalogs, environment);
  if (flags.rows !== undefined) return refuse('--rows needs --faults matrix');
  const isRandom = flags.faults?.includes('random') === true;
  if (isRandom && flags.faults.length !== 1) return refuse('--faults random chooses by itself; give no other names');
  const wanted = isRandom
    ? catalogs.faults.filter(({ row }) => row?.mixes === true).map(({ name }) => name)
    : (sabotage?.faults ?? flags.faults ?? []);
  const faults = E.flatMap((named: readonly Fault[]) => killable(named, environment))(
    faultsOf(wanted, catalogs.faults),
  );
  if (E.isLeft(faults)) return faults;
  const outage = outageOf(flags, faults.right);
  if (E.isLeft(outage)) return outage;
  const outageMs = outage.right;
  const load = loadOf(flags, sabotage?.load ?? usualLoad(faults.right, outageMs));
  if (E.isLeft(load)) return load;
  const loadSeconds = load.right.orders / load.right.ratePerSecond;
  if (outageMs !== undefined && outageMs / 1_000 >= loadSeconds * 0.9)
    return refuse(
      `--outage: ${outageMs / 1_000} s do not fit into a load of ${Math.round(loadSeconds)} s; give a longer --duration or more --orders`,
    );
  return E.right({
    ...load.right,
    seed: flags.seed,
    faults: faults.right,
    ...(sabotage === undefined ? {} : { sabotage }),
    relays: flags.relays ?? sabotage?.relays ?? 1,
    ...(outageMs === undefined ? {} : { outageMs }),
    ...(isRandom ? { random: true as const } : {}),
    ...(flags.report === undefined ? {} : { reportDir: flags.report }),
    json: flags.json ?? false,
  });
};
