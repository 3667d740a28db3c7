import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { MOST_COMPLETED } from './events/old-rows.ts';

export const MEASUREMENTS = ['drain', 'latency', 'flat', 'consume', 'idle', 'orders', 'takeover'] as const;
export type Measurement = (typeof MEASUREMENTS)[number];

export interface BenchOptions {
  readonly measurements: readonly Measurement[];
  /** Each system is measured so often; medians count. */
  readonly runs: number;
  /** In the backlog that is drained. */
  readonly events: number;
  /** Events per second, one measurement each. */
  readonly rates: readonly number[];
  /** How long one rate is kept up. */
  readonly seconds: number;
  /** Latency is also measured beside old rows: left alone, and while a janitor purges them. */
  readonly purging: boolean;
  /** COMPLETED rows in the table that is full of them. */
  readonly completed: number;
  /** Above 1, draining is also measured with so many relays of ours. */
  readonly relays: number;
  /** Other people's relays are measured beside ours. */
  readonly peers: boolean;
  /** Only bench.json on stdout. */
  readonly json: boolean;
  /** An earlier bench.json to compare with. */
  readonly compare?: string;
  /** Undefined: a new folder under `.order/bench`. */
  readonly reportDir?: string;
}

/** What the command line asks for instead, or what is wrong with it in one line. */
export type NoBench =
  { readonly _tag: 'Print'; readonly text: string } | { readonly _tag: 'Refuse'; readonly message: string };

interface Flags {
  readonly runs: number;
  readonly events: number;
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly purging?: true;
  readonly completed: number;
  readonly relays: number;
  readonly peers?: true;
  readonly json?: true;
  readonly compare?: string;
  readonly report?: string;
}

const wholeNumber =
  (from: number, to: number) =>
  (text: string): number => {
    const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(n >= from && n <= to)) throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
    return n;
  };

const RATE = wholeNumber(1, 20_000);

const command = (): Command =>
  new Command('npm run bench --')
    .description(
      'Measures the relay and the outbox on a real MySQL and a real Kafka, beside a naive relay and kafkajs alone. Compare ratios: machines are noisy.',
    )
    .addArgument(new Argument('<what>', 'what to measure').choices([...MEASUREMENTS, 'all']))
    .option('--runs <n>', 'how often each is measured; medians count', wholeNumber(1, 99), 3)
    .option('--events <n>', 'events in the backlog that is drained', wholeNumber(1_000, 10_000_000), 200_000)
    .option(
      '--rates <r,…>',
      'events per second for latency',
      (text: string) => text.split(',').map((part) => RATE(part.trim())),
      [100, 600],
    )
    .option('--seconds <s>', 'how long a rate is kept up', wholeNumber(5, 3_600), 20)
    .option('--purging', 'latency also beside old rows: left alone, and while a janitor purges them')
    .option(
      '--completed <n>',
      'COMPLETED rows that flat drains and publishes beside, and that are purged',
      wholeNumber(10_000, MOST_COMPLETED),
      1_000_000,
    )
    .option('--relays <n>', 'drain with so many relays of ours as well', wholeNumber(1, 6), 1)
    .option('--peers', "other people's relays beside ours; Maven fetches them")
    .option('--compare <file>', 'bench.json of an earlier run to compare with')
    .option('--report <dir>', 'folder for bench.json, bench.html and the logs')
    .option('--json', 'only bench.json on stdout; talk on stderr')
    .helpOption('--help', 'show this help')
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .exitOverride();

export const readBenchOptions = (argv: readonly string[]): Either<NoBench, BenchOptions> => {
  let printed = '';
  const parser = command().configureOutput({ writeOut: (text) => (printed += text), writeErr: () => undefined });
  try {
    parser.parse([...argv], { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) return E.left({ _tag: 'Print', text: printed });
    return E.left({ _tag: 'Refuse', message: cause.message.replace(/^error: /, '').replaceAll('\n', ' ') });
  }
  const { runs, events, rates, seconds, purging, completed, relays, peers, json, compare, report } =
    parser.opts<Flags>();
  const [what] = parser.args;
  return E.right({
    measurements: MEASUREMENTS.filter(
      (name) => what === name || (what === 'all' && (name !== 'takeover' || peers === true)),
    ),
    runs,
    events,
    rates,
    seconds,
    purging: purging === true,
    completed,
    relays,
    peers: peers === true,
    json: json === true,
    ...(compare === undefined ? {} : { compare }),
    ...(report === undefined ? {} : { reportDir: report }),
  });
};
