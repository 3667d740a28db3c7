import { parseArgs } from 'node:util';
import { randomInt } from 'node:crypto';
import { exitCodeOf, runToExit } from './console/finish.ts';
import { talkTo } from './console/talk.ts';
import type { Talk } from './console/talk.ts';
import type { Track } from './faults/fault.ts';
import { MAX_SEED } from './options/max-seed.ts';
import { POISON_TOPIC_LIMIT } from './faults/poison.ts';
import { verdictText } from './report/verdict-text.ts';
import { loadFor } from './run/load-for.ts';
import { defaultReportFolder, prepareReportFolder } from './run/report-folder.ts';
import { runSimulation } from './run/run-simulation.ts';
import { EXIT_UNKNOWN, onStopSignals } from './run/stop-signals.ts';

/*
 * `npm run demo`: about a minute of real orders while things are broken on purpose, told in plain words, with a
 * verdict. Exit 0 pass, 1 fail, 2 unknown or could not run.
 */

const ORDERS = 400;
const RATE_PER_SECOND = 10;

/** The relay dies early; the poisoned event is quarantined after seven attempts; Kafka dies while it is; then the cause is mended. */
const TRACKS: readonly Track[] = [
  [{ kind: 'poison', target: 'topic', waitMs: 1_500, lastsMs: 14_000 }],
  [{ kind: 'relay-kill', target: 'relay', waitMs: 7_000, lastsMs: 0 }],
  [{ kind: 'broker-restart', target: 'kafka', waitMs: 24_000, lastsMs: 3_000 }],
];

const INTRODUCTION = [
  'Real orders go through MySQL, the outbox and Kafka to payment and shipping, and back through the API, for about a',
  'minute. Meanwhile the relay is killed (kill -9), Kafka is killed and restarted, some customers cancel, some payments',
  `are declined, and one event cannot be published: its OrderPlaced has about 100 KB, the topic allows ${POISON_TOPIC_LIMIT / 1_024} KB.`,
  'Then an independent checker reads the tables, the raw log and the effects, and gives a verdict.',
];

const demo = async (seed: number, reportDir: string): Promise<number> => {
  const talk: Talk = talkTo(process.stdout, process.env);
  const stop = onStopSignals((first) =>
    talk.line(first ? 'Ending the demo; press Ctrl-C again to end it at once.' : 'Ended at once.'),
  );
  try {
    for (const line of INTRODUCTION) talk.line(line);
    talk.line('');
    const written = await runSimulation(
      {
        seed,
        ...loadFor({ seed, orders: ORDERS, ratePerSecond: RATE_PER_SECOND }, TRACKS),
        tracks: TRACKS,
        relays: 1,
        sabotage: undefined,
        reportDir,
        reproduce: `npm run demo -- --seed ${seed}`,
      },
      talk,
      stop.signal,
    );
    process.stdout.write(`\n${verdictText(written.report, { colour: talk.paints, reportPath: written.html })}`);
    return exitCodeOf(written.report.verdict);
  } finally {
    talk.close();
  }
};

const refuse = (message: string): number => {
  process.stderr.write(`demo: ${message}\n`);
  return EXIT_UNKNOWN;
};

const USAGE = `Usage: npm run demo [-- --seed K] [--report DIR]

  --seed K      whole number that decides the orders (random, printed at the end)
  --report DIR  folder for report.json, report.html and junit.xml

Exit: 0 pass, 1 fail, 2 unknown or could not run.
`;

const main = async (): Promise<number> => {
  let flags;
  try {
    flags = parseArgs({
      options: { seed: { type: 'string' }, report: { type: 'string' }, help: { type: 'boolean' } },
    }).values;
  } catch (cause) {
    return refuse(`${cause instanceof Error ? cause.message : String(cause)} (--help shows all)`);
  }
  if (flags.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const seed = flags.seed === undefined ? randomInt(MAX_SEED) : Number(flags.seed);
  if (flags.seed?.trim() === '' || !Number.isInteger(seed) || seed < 0 || seed > MAX_SEED)
    return refuse(`--seed is '${flags.seed ?? ''}': it must be a whole number from 0 to ${MAX_SEED}`);
  if (flags.report?.trim() === '') return refuse('--report is empty: it must name a folder');
  if ((process.env['KAFKA_BROKERS'] ?? '') !== '')
    return refuse('the demo kills its broker, but KAFKA_BROKERS names one that is not its own: unset it');
  const folder = prepareReportFolder(flags.report ?? defaultReportFolder('demo', seed, new Date()));
  return folder._tag === 'Left' ? refuse(folder.left) : demo(seed, folder.right);
};

runToExit('demo', main);
