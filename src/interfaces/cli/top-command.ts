import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import type { OverviewReport } from '../../application/operations/overview.ts';
import type { ConsumerState } from '../../application/ports/consumer-desk.ts';
import { wholeNumberBetween } from './arguments.ts';
import { describeFailure } from './describe-failure.ts';
import type { CliFailure } from './describe-failure.ts';
import type { OperatorServices } from './operator-services.ts';
import { duration } from './outbox-views.ts';
import { show } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import { renderPairs, renderTable } from './table.ts';
import { printable } from './terminal.ts';
import type { ExitCode, Screen, Terminal } from './terminal.ts';

interface TopOptions extends OutputOptions {
  readonly once?: true;
  readonly every: number;
}

const BARS = '▁▂▃▄▅▆▇█';

/** One character for each value, as high as it is beside the others. */
const sparkline = (values: readonly number[]): string => {
  const most = Math.max(1, ...values);
  return values.map((value) => BARS[Math.round((value / most) * (BARS.length - 1))] ?? ' ').join('');
};

const perSecond = (rate: number): string => `${rate.toFixed(rate < 10 ? 2 : 0)}/s`;

const activityLines = ({ outbox, activity }: OverviewReport): readonly string[] => {
  const { publishDelayMs: delay, buckets, windowSeconds } = activity;
  const delays =
    delay === null
      ? `nothing published in the last ${windowSeconds} s`
      : `p50 ${duration(delay.p50)}, p95 ${duration(delay.p95)}, p99 ${duration(delay.p99)}, max ${duration(delay.max)}`;
  return renderPairs([
    [
      `orders (${windowSeconds} s)`,
      `${perSecond(activity.ordersPerSecond)}  ${sparkline(buckets.map(({ orders }) => orders))}`,
    ],
    [
      `published (${windowSeconds} s)`,
      `${perSecond(activity.publishedPerSecond)}  ${sparkline(buckets.map(({ published }) => published))}`,
    ],
    ['publish delay', delays],
    ['pending', `${outbox.pending} (${outbox.held} held, ${outbox.retrying} retrying)`],
    ['oldest pending', outbox.oldestPendingMs === null ? null : duration(outbox.oldestPendingMs)],
    ['quarantined', outbox.quarantined],
  ]);
};

const relayLines = ({ relays: { relays, lanes } }: OverviewReport): readonly string[] => {
  const free = lanes.filter(({ owner }) => owner === null).map(({ lane }) => lane);
  return [
    ...(relays.length === 0
      ? ['no relay is at work: events are saved and wait']
      : renderTable(
          ['RELAY', 'LANES', 'CIRCUIT'],
          relays.map(({ owner, lanes: led, openCircuits }) => [
            owner,
            led.length === 0 ? 'stands by' : led.join(' '),
            openCircuits.length === 0
              ? 'closed'
              : `open for ${openCircuits.map(({ lane }) => lane).join(' ')}: ${openCircuits[0]?.reason ?? ''}`,
          ]),
        )),
    ...(free.length === 0 ? [] : [`nobody leads lanes ${free.join(' ')}`]),
  ];
};

const consumerRow = (state: ConsumerState): readonly (string | number | null)[] => {
  if (state._tag === 'Unknown') return [state.consumer, 'unknown', null, null, null, null, state.reason];
  const { joined, failure, lag, parkedOrders, parkedRecords, gapOrders, waitingEvents } = state.status;
  const parked = parkedOrders + parkedRecords;
  return [state.consumer, joined ? 'reading' : 'not joined', lag, parked, gapOrders, waitingEvents, failure];
};

/** What `order top` shows, and the console's overview as text. */
export const overviewLines = (report: OverviewReport): readonly string[] => [
  ...activityLines(report),
  '',
  ...relayLines(report),
  '',
  ...(report.consumers.length === 0
    ? ['consumers unknown: set PROGRESS_URLS to name=http://host:port of each']
    : renderTable(['CONSUMER', 'STATE', 'LAG', 'PARKED', 'GAPS', 'WAITING', 'WHY'], report.consumers.map(consumerRow))),
];

/** Apart, so that what to do is not what a narrow terminal cuts. */
const failureLines = (failure: CliFailure): readonly string[] =>
  printable(describeFailure(failure).message).split(/(?<=;) /);

/** Resolves once the person has seen enough. */
const leaving = (screen: Screen): Promise<undefined> =>
  new Promise((resolve) => {
    screen.left.addEventListener('abort', () => {
      resolve(undefined);
    });
  });

/** Resolves when it is time for another look, or nobody wants one any more, which is all that ends a pause early. */
const pause = (everySeconds: number, { left }: Screen): Promise<void> =>
  sleep(everySeconds * 1_000, undefined, { signal: left }).catch(() => undefined);

/** Frame after frame until the person has seen enough; what cannot be read is told on the screen and asked again. */
const live = async ({ overview }: OperatorServices, everySeconds: number, screen: Screen): Promise<ExitCode> => {
  const left = leaving(screen);
  try {
    screen.show(['order top: looking…']);
    while (!screen.left.aborted) {
      const report = await Promise.race([overview.look()(), left]);
      if (report === undefined) break;
      const time = new Date().toISOString().slice(11, 19);
      screen.show([
        `order top at ${time} UTC, every ${everySeconds} s; q ends it`,
        '',
        ...(E.isLeft(report) ? failureLines(report.left) : overviewLines(report.right)),
      ]);
      await pause(everySeconds, screen);
    }
    return 0;
  } finally {
    screen.close();
  }
};

/** `order top` */
export const addTopCommand = (program: Command, run: CommandRunner, terminal: Terminal): void => {
  program
    .command('top')
    .description('how the whole is doing, live; a single look where stdout is no terminal, or with --once or --json')
    .option('--every <seconds>', 'how often it looks', wholeNumberBetween(1, 3_600), 2)
    .option('--once', 'one look')
    .option('--json', 'one look, as JSON on stdout')
    .action(({ every, once, json }: TopOptions) => {
      const { openScreen } = terminal;
      return run((services) =>
        openScreen === undefined || once === true || json === true
          ? show(services.overview.look(), terminal, json === undefined ? {} : { json }, overviewLines)
          : live(services, every, openScreen()),
      );
    });
};
