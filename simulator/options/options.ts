import { randomInt } from 'node:crypto';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { DEFAULT_OUTAGE_MS, brokerOutage } from '../faults/broker-outage.ts';
import type { Fault } from '../faults/fault.ts';
import { isPoison } from '../faults/poison.ts';
import type { RowFault } from '../matrix/row-result.ts';
import { faultListing } from './fault-listing.ts';
import { rowsNamed } from './matrix-rows.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';

export interface SimulateOptions {
  readonly orders: number;
  readonly ratePerSecond: number;
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly sabotage?: Sabotage;
  /** Rows of the fault matrix to run one after the other, instead of one run with `faults`. */
  readonly matrix?: readonly RowFault[];
  /** `faults` are mixed at random moments over the load. */
  readonly random?: true;
  readonly relays: number;
  /** How long `broker-outage` lasts; undefined without it. */
  readonly outageMs?: number;
  /** Undefined: a new folder under `.order/reports`. */
  readonly reportDir?: string;
  /** Only report.json on stdout, all talk on stderr. */
  readonly json: boolean;
}

/** One run for every planted bug, one after the other. */
export interface Campaign {
  readonly runs: readonly SimulateOptions[];
  /** Each run once more without its bug: it must pass. */
  readonly withControls: boolean;
  readonly seed: number;
  readonly reportDir?: string;
}

/** What the command line asks for instead of a run, or what is wrong with it (one line that names the setting). */
export type NoRun =
  { readonly _tag: 'Print'; readonly text: string } | { readonly _tag: 'Refuse'; readonly message: string };

/** Something else than one run. */
export type Instead = NoRun | { readonly _tag: 'Campaign'; readonly campaign: Campaign };

export interface Catalogs {
  readonly faults: readonly Fault[];
  readonly sabotages: readonly Sabotage[];
}

export const MAX_SEED = 0xffff_ffff;
const DEFAULT_ORDERS = 200;
const DEFAULT_RATE = 20;
/** Kill-any lasts minutes; orders should keep arriving while it does. */
const KILL_ANY_RATE = 4;
/** With broker-outage: orders arrive before, during and for twice as long after the outage. */
const OUTAGE_RATE = 50;
const OUTAGE_LOAD = 3;

interface Flags {
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

const table = (rows: readonly (readonly [name: string, text: string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join('');
};

const readFlags = (argv: readonly string[]): Either<NoRun, Flags> => {
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

const refuse = (message: string): Either<NoRun, never> => E.left({ _tag: 'Refuse', message });

type Load = Pick<SimulateOptions, 'orders' | 'ratePerSecond'>;

const loadOf = ({ orders, rate, duration }: Flags, usual: Load): Either<NoRun, Load> => {
  if (duration === undefined)
    return E.right({ orders: orders ?? usual.orders, ratePerSecond: rate ?? usual.ratePerSecond });
  if (orders !== undefined && rate !== undefined) {
    if (Math.round(rate * duration) === orders) return E.right({ orders, ratePerSecond: rate });
    return refuse(
      `--orders, --rate and --duration contradict each other: ${rate}/s for ${duration} s is not ${orders} orders; give two of them`,
    );
  }
  if (orders !== undefined) return E.right({ orders, ratePerSecond: orders / duration });
  const ratePerSecond = rate ?? usual.ratePerSecond;
  return E.right({ orders: Math.max(1, Math.round(ratePerSecond * duration)), ratePerSecond });
};

const faultsOf = (wanted: readonly string[], known: readonly Fault[]): Either<NoRun, readonly Fault[]> => {
  const unknown = wanted.find((name) => !known.some((fault) => fault.name === name));
  if (unknown !== undefined)
    return refuse(`--faults: there is no fault '${unknown}'; known: ${known.map(({ name }) => name).join(', ')}`);
  const alone = known.find(({ name, row }) => wanted.includes(name) && row?.alone !== undefined);
  if (alone !== undefined)
    return refuse(
      `--faults: ${alone.name} needs an environment of its own; run it with --faults matrix --rows ${alone.name}`,
    );
  const rival = wanted.find((name) => /-(kill|restart)$/.test(name));
  if (wanted.includes('kill-any') && rival !== undefined)
    return refuse(`--faults: kill-any already kills everything; leave out '${rival}'`);
  const poisons = wanted.filter(isPoison);
  if (poisons.length > 1)
    return refuse(`--faults: ${poisons.join(' and ')} break the same order; leave out one of them`);
  return E.right(known.filter(({ name }) => wanted.includes(name)));
};

const SERVER_SETTINGS = { mysql: 'MYSQL_URL', kafka: 'KAFKA_BROKERS' } as const;

/** A server that was given by its setting is not ours to kill. */
const killable = (faults: readonly Fault[], environment: NodeJS.ProcessEnv): Either<NoRun, readonly Fault[]> => {
  for (const { name, needs } of faults)
    for (const server of needs)
      if ((environment[SERVER_SETTINGS[server]] ?? '') !== '')
        return refuse(
          `--faults: ${name} kills ${server}, but ${SERVER_SETTINGS[server]} names a server that is not the simulator's own; unset it or leave out '${name}'`,
        );
  return E.right(faults);
};

const isOutage = ({ name }: Fault): boolean => name === brokerOutage.name;

const outageOf = ({ outage }: Flags, faults: readonly Fault[]): Either<NoRun, number | undefined> => {
  if (faults.some(isOutage)) return E.right(outage === undefined ? DEFAULT_OUTAGE_MS : outage * 1_000);
  return outage === undefined ? E.right(undefined) : refuse('--outage: it is for --faults broker-outage');
};

const outageLoad = (outageMs: number): Load => ({
  orders: Math.round((OUTAGE_LOAD * outageMs * OUTAGE_RATE) / 1_000),
  ratePerSecond: OUTAGE_RATE,
});

const matrixOf = (
  flags: Flags & { readonly seed: number },
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

const runOf = (
  flags: Flags & { readonly seed: number },
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
  const usualRate = faults.right.some(({ name }) => name === 'kill-any') ? KILL_ANY_RATE : DEFAULT_RATE;
  const outageMs = outage.right;
  const ownLoad = faults.right.find(({ load }) => load !== undefined)?.load;
  const usual =
    outageMs === undefined ? (ownLoad ?? { orders: DEFAULT_ORDERS, ratePerSecond: usualRate }) : outageLoad(outageMs);
  const load = loadOf(flags, sabotage?.load ?? usual);
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

const FIXED_BY_BUGS = ['orders', 'rate', 'duration', 'faults', 'relays', 'outage', 'json'] as const;

const campaignOf = (
  { report, withControls, seed, ...flags }: Flags & { readonly seed: number },
  catalogs: Catalogs,
  environment: NodeJS.ProcessEnv,
): Either<Instead, never> => {
  const given = FIXED_BY_BUGS.find((name) => flags[name] !== undefined);
  if (given !== undefined) return refuse(`--sabotage all runs each bug as it must be run; leave out --${given}`);
  const runs = catalogs.sabotages.map((sabotage) => runOf({ seed }, sabotage, catalogs, environment));
  const refused = runs.find(E.isLeft);
  if (refused !== undefined) return refused;
  return E.left({
    _tag: 'Campaign',
    campaign: {
      runs: runs.flatMap((run) => (E.isRight(run) ? [run.right] : [])),
      withControls: withControls ?? false,
      seed,
      ...(report === undefined ? {} : { reportDir: report }),
    },
  });
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
  if (flags.sabotage === 'all')
    return campaignOf({ ...flags, seed: flags.seed ?? randomSeed() }, catalogs, environment);
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

/** The command that runs the same load and faults again, without the planted bug unless asked for. */
export const reproduceCommand = (options: SimulateOptions, withSabotage: boolean): string => {
  const { orders, ratePerSecond, seed, faults, sabotage, relays, outageMs, matrix } = options;
  if (matrix !== undefined)
    return `npm run simulate -- --faults matrix --rows ${matrix.map(({ row }) => row.number).join(',')} --seed ${seed}`;
  const flags = [`--orders ${orders}`, `--rate ${ratePerSecond}`, `--seed ${seed}`];
  if (withSabotage && sabotage !== undefined) flags.push(`--sabotage ${sabotage.name}`);
  else if (options.random === true) flags.push('--faults random');
  else if (faults.length > 0) flags.push(`--faults ${faults.map(({ name }) => name).join(',')}`);
  if (outageMs !== undefined) flags.push(`--outage ${outageMs / 1_000}`);
  if (relays !== 1) flags.push(`--relays ${relays}`);
  return `npm run simulate -- ${flags.join(' ')}`;
};
