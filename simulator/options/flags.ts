import { Command, CommanderError, InvalidArgumentError } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { DEFAULT_OUTAGE_MS } from '../faults/broker-outage.ts';
import { MAX_SEED } from './max-seed.ts';
import type { NoRun } from './no-run.ts';
import { DEFAULT_ORDERS, DEFAULT_RATE, KILL_ANY_RATE } from './usual-load.ts';

/** The command line as it was given: each flag is in its bounds by itself. */
export interface Flags {
  readonly orders?: number;
  readonly rate?: number;
  readonly duration?: number;
  readonly seed?: number;
  readonly faults?: readonly string[];
  readonly rows?: readonly string[];
  readonly sabotage?: string;
  readonly relays?: number;
  readonly outage?: number;
  readonly report?: string;
  readonly withControls?: true;
  readonly json?: true;
}

/** With the seed that was given or drawn. */
export type SeededFlags = Flags & { readonly seed: number };

const number =
  (what: string, accepts: (n: number) => boolean) =>
  (text: string): number => {
    const n = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!accepts(n)) throw new InvalidArgumentError(`It must be ${what}.`);
    return n;
  };
const wholeNumber = (from: number, to: number): ((text: string) => number) =>
  number(`a whole number from ${from} to ${to}`, (n) => Number.isInteger(n) && n >= from && n <= to);
const positive = (upTo: number): ((text: string) => number) =>
  number(`a number above 0, up to ${upTo}`, (n) => n > 0 && n <= upTo);
const names = (text: string): readonly string[] => {
  const list = text.split(',').map((name) => name.trim());
  if (list.includes('')) throw new InvalidArgumentError('It must be names separated by commas.');
  return [...new Set(list)];
};
const folder = (text: string): string => {
  if (text.trim() === '') throw new InvalidArgumentError('It must name a folder.');
  return text;
};

const command = (): Command =>
  new Command('npm run simulate --')
    .description(
      'Drives real orders through MySQL, outbox, Kafka, payment and shipping, breaks things, and gives a verdict.',
    )
    .option('--orders <n>', `orders to place (${DEFAULT_ORDERS})`, wholeNumber(1, 1_000_000))
    .option('--rate <r>', `orders a second (${DEFAULT_RATE}; with kill-any ${KILL_ANY_RATE})`, positive(10_000))
    .option(
      '--duration <s>',
      'seconds over which orders arrive; give two of orders, rate and duration',
      positive(86_400),
    )
    .option('--seed <k>', 'whole number that decides load and faults (random, printed)', wholeNumber(0, MAX_SEED))
    .option(
      '--faults <names>',
      'faults, separated by commas; `list` shows them; `matrix` runs the fault matrix; `random` mixes them by seed',
      names,
    )
    .option('--rows <numbers>', 'with --faults matrix: only these rows, by number or name', names)
    .option(
      '--sabotage <name>',
      'plant one bug with its load and faults; `list` shows them, `all` plants one after the other',
    )
    .option('--with-controls', 'with --sabotage all: each run also without its bug')
    .option('--relays <n>', 'relay processes (1)', wholeNumber(1, 8))
    .option('--outage <s>', `seconds that broker-outage lasts (${DEFAULT_OUTAGE_MS / 1_000})`, wholeNumber(1, 7_200))
    .option('--report <dir>', 'folder for report.json, report.html and junit.xml', folder)
    .option('--json', 'only report.json on stdout; talk on stderr')
    .helpOption('--help', 'show this help')
    .addHelpText('after', '\nExit: 0 pass, 1 fail, 2 unknown or could not run.')
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .exitOverride();

/** Left is the help, when that was asked for, or the first flag that is wrong. */
export const readFlags = (argv: readonly string[]): Either<NoRun, Flags> => {
  let printed = '';
  const parser = command().configureOutput({ writeOut: (text) => (printed += text), writeErr: () => undefined });
  try {
    return E.right(parser.parse([...argv], { from: 'user' }).opts<Flags>());
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) return E.left({ _tag: 'Print', text: printed });
    return E.left({ _tag: 'Refuse', message: cause.message.replace(/^error: /, '').replaceAll('\n', ' ') });
  }
};
