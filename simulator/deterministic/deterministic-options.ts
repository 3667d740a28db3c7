import { Command, CommanderError, InvalidArgumentError } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { MAX_SEED } from '../options/max-seed.ts';
import { refuse } from '../options/no-run.ts';
import type { NoRun } from '../options/no-run.ts';

export interface DeterministicOptions {
  /** First seed. */
  readonly seed: number;
  readonly seeds: number;
  /** Of a single history: the steps of its plan that are carried out; all without it. */
  readonly steps?: readonly number[];
  readonly json: boolean;
}

interface Flags {
  readonly seeds?: number;
  readonly seed?: number;
  readonly steps?: readonly number[];
  readonly json?: true;
}

const MAX_SEEDS = 100_000_000;
const DEFAULT_SEEDS = 1_000;
/** Of every plan. */
const MAX_STEPS = 1_000;

const wholeNumber =
  (from: number, to: number) =>
  (text: string): number => {
    const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(n >= from && n <= to)) throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
    return n;
  };

const places = (text: string): readonly number[] => {
  const numbers = text.split(',').map(wholeNumber(0, MAX_STEPS));
  return [...new Set(numbers)].sort((a, b) => a - b);
};

const command = (): Command =>
  new Command('npm run simulate -- --deterministic')
    .description(
      'Runs seeded histories of relays, outbox, broker and consumers in memory, on a clock that is not real.',
    )
    .option('--deterministic', 'in memory instead of against real servers')
    .option('--seeds <n>', `histories to run (${DEFAULT_SEEDS}; 1 with --seed)`, wholeNumber(1, MAX_SEEDS))
    .option('--seed <k>', 'first seed (1); each history has the next', wholeNumber(0, MAX_SEED))
    .option('--steps <list>', 'of one history only these steps, e.g. 0,4,9', places)
    .option('--json', 'only JSON on stdout; talk on stderr')
    .helpOption('--help', 'show this help')
    .addHelpText('after', '\nExit: 0 pass, 1 fail, 2 unknown or could not run.')
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .exitOverride();

export const isDeterministic = (argv: readonly string[]): boolean => argv.includes('--deterministic');

/** Reads the arguments after `npm run simulate --` when `--deterministic` is among them. */
export const readDeterministicOptions = (argv: readonly string[]): Either<NoRun, DeterministicOptions> => {
  let printed = '';
  const parser = command().configureOutput({ writeOut: (text) => (printed += text), writeErr: () => undefined });
  let flags: Flags;
  try {
    flags = parser.parse([...argv], { from: 'user' }).opts<Flags>();
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) return E.left({ _tag: 'Print', text: printed });
    const unknown = /unknown option '(?<flag>[^']+)'/.exec(cause.message)?.groups?.['flag'];
    if (unknown !== undefined)
      return refuse(`--deterministic runs in memory and knows no ${unknown}: leave one of the two out`);
    return refuse(cause.message.replace(/^error: /, '').replaceAll('\n', ' '));
  }
  const { seed = 1, seeds = flags.seed === undefined ? DEFAULT_SEEDS : 1, steps, json = false } = flags;
  if (steps !== undefined && flags.seed === undefined)
    return refuse('--steps are steps of one history: name it with --seed');
  if (steps !== undefined && seeds !== 1)
    return refuse('--steps and --seeds contradict each other: steps belong to one history');
  if (seed + seeds - 1 > MAX_SEED) return refuse(`--seed and --seeds together go beyond the last seed, ${MAX_SEED}`);
  return E.right({ seed, seeds, ...(steps === undefined ? {} : { steps }), json });
};

/** The command that runs one history again, or only some steps of it. */
export const replayCommand = (seed: number, steps?: readonly number[]): string =>
  `npm run simulate -- --deterministic --seed ${seed}${steps === undefined ? '' : ` --steps ${steps.join(',')}`}`;
