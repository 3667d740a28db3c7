import { randomInt } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { campaignOf } from './campaign.ts';
import type { Campaign } from './campaign.ts';
import type { Catalogs } from './catalogs.ts';
import { faultListing } from './fault-listing.ts';
import { readFlags } from './flags.ts';
import { MAX_SEED } from './max-seed.ts';
import { refuse } from './no-run.ts';
import type { NoRun } from './no-run.ts';
import { runOf } from './run-of.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** Something else than one run. */
export type Instead = NoRun | { readonly _tag: 'Campaign'; readonly campaign: Campaign };

const table = (rows: readonly (readonly [name: string, text: string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join('');
};

/** Reads the arguments after `npm run simulate --`. Pure but for a seed nobody gave. */
export const readOptions = (
  argv: readonly string[],
  catalogs: Catalogs,
  environment: NodeJS.ProcessEnv,
  randomSeed: () => number = () => randomInt(MAX_SEED),
): Either<Instead, SimulateOptions> => {
  const read = readFlags(argv);
  if (E.isLeft(read)) return read;
  const flags = read.right;
  if (flags.faults?.includes('list')) return E.left({ _tag: 'Print', text: faultListing(catalogs.faults) });
  if (flags.sabotage === 'list')
    return E.left({ _tag: 'Print', text: table(catalogs.sabotages.map(({ name, describe }) => [name, describe])) });
  if (flags.sabotage === 'all') {
    const campaign = campaignOf({ ...flags, seed: flags.seed ?? randomSeed() }, catalogs, environment);
    return E.isLeft(campaign) ? campaign : E.left({ _tag: 'Campaign', campaign: campaign.right });
  }
  const sabotage = catalogs.sabotages.find(({ name }) => name === flags.sabotage);
  if (flags.sabotage !== undefined && sabotage === undefined)
    return refuse(
      `--sabotage: there is no bug '${flags.sabotage}' to plant; known: ${catalogs.sabotages.map(({ name }) => name).join(', ')}`,
    );
  if (sabotage !== undefined && flags.faults !== undefined)
    return refuse('--sabotage brings its own faults; leave out --faults');
  if (flags.withControls !== undefined) return refuse('--with-controls goes with --sabotage all');
  return runOf({ ...flags, seed: flags.seed ?? randomSeed() }, sabotage, catalogs, environment);
};
