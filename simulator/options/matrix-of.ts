import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Catalogs } from './catalogs.ts';
import type { SeededFlags } from './flags.ts';
import { killable } from './killable.ts';
import { rowsNamed } from './matrix-rows.ts';
import { refuse } from './no-run.ts';
import type { NoRun } from './no-run.ts';
import type { SimulateOptions } from './simulate-options.ts';
import { DEFAULT_ORDERS, DEFAULT_RATE } from './usual-load.ts';

/** `--faults matrix`: its rows instead of one run. */
export const matrixOf = (
  flags: SeededFlags,
  catalogs: Catalogs,
  environment: NodeJS.ProcessEnv,
): Either<NoRun, SimulateOptions> => {
  if (flags.faults?.length !== 1) return refuse('--faults matrix runs every row by itself; give no other names');
  const { orders, rate, duration, relays } = flags;
  if ([orders, rate, duration, relays].some((given) => given !== undefined))
    return refuse('--faults matrix brings its own load; leave out --orders, --rate, --duration and --relays');
  const rows = rowsNamed(flags.rows, catalogs.faults);
  if (E.isLeft(rows)) return refuse(rows.left);
  const ours = killable(rows.right, environment);
  if (E.isLeft(ours)) return ours;
  return E.right({
    orders: DEFAULT_ORDERS,
    ratePerSecond: DEFAULT_RATE,
    seed: flags.seed,
    faults: [],
    matrix: rows.right,
    relays: 1,
    ...(flags.report === undefined ? {} : { reportDir: flags.report }),
    json: flags.json ?? false,
  });
};
