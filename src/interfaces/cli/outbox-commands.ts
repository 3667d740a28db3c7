import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { EventNotFound } from '../../application/ports/outbox-operations.ts';
import type { OutboxEntryDetail, OutboxStatus } from '../../application/ports/outbox-queries.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import { lineOfText, orderId, uuid, wholeNumberBetween } from './arguments.ts';
import type { OperatorServices, OperatorServicesFactory } from './operator-services.ts';
import { entriesView, entryView, statsView } from './outbox-views.ts';
import { reportFailure, show, withServices } from './run-command.ts';
import type { OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

const STATUSES: readonly OutboxStatus[] = ['PENDING', 'COMPLETED', 'QUARANTINED'];

interface ListOptions extends OutputOptions {
  readonly status?: OutboxStatus;
  readonly order?: string;
  readonly limit: number;
}

interface RedriveOptions extends OutputOptions {
  readonly dryRun?: true;
  readonly reason?: string;
}

const found = (
  services: OperatorServices,
  eventId: string,
): TaskEither<StorageUnavailable | EventNotFound, OutboxEntryDetail> =>
  pipe(
    services.outbox.find(eventId),
    TE.flatMap(TE.fromNullable<StorageUnavailable | EventNotFound>({ _tag: 'EventNotFound', eventId })),
  );

interface RedriveOutcome {
  readonly eventId: string;
  readonly redriven: boolean;
  readonly dryRun: boolean;
}

const redriveOne = async (
  services: OperatorServices,
  actor: string,
  eventId: string,
  options: RedriveOptions,
  terminal: Terminal,
): Promise<RedriveOutcome | ExitCode> => {
  const dryRun = options.dryRun === true;
  if (dryRun) {
    const event = await found(services, eventId)();
    if (E.isLeft(event)) return reportFailure(event.left, terminal);
    const { status } = event.right;
    if (status !== 'QUARANTINED') return reportFailure({ _tag: 'EventNotQuarantined', eventId, status }, terminal);
    return { eventId, redriven: false, dryRun };
  }
  const done = await services.redrive.handle({ eventId, actor, reason: options.reason ?? null })();
  return E.isLeft(done) ? reportFailure(done.left, terminal) : { eventId, redriven: true, dryRun };
};

const redriveAll = async (
  services: OperatorServices,
  actor: string,
  eventIds: readonly string[],
  options: RedriveOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  let worst: ExitCode = 0;
  for (const eventId of new Set(eventIds)) {
    const outcome = await redriveOne(services, actor, eventId, options, terminal);
    if (typeof outcome === 'number') {
      if (outcome === 2) return 2;
      worst = outcome;
    } else if (options.json === true) terminal.out(JSON.stringify(outcome));
    else terminal.out(`${eventId} ${outcome.dryRun ? 'would be redriven' : 'is PENDING again'}`);
  }
  return worst;
};

/** `order outbox …` */
export const addOutboxCommands = (
  program: Command,
  factory: OperatorServicesFactory,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  const run = async (command: (services: OperatorServices) => Promise<ExitCode>): Promise<void> => {
    finish(await withServices(factory.open, terminal, command));
  };
  const outbox = program.command('outbox').description('events on their way to Kafka: look, and put back to work');

  outbox
    .command('list')
    .description('events, the newest first')
    .addOption(new Option('--status <status>', 'only events of this status').choices(STATUSES))
    .option('--order <order-id>', 'only events of this order', orderId)
    .option('--limit <n>', 'at most this many', wholeNumberBetween(1, 1_000), 50)
    .option('--json', 'JSON on stdout')
    .action(({ status, order, limit, json }: ListOptions) =>
      run((services) => {
        const filter = {
          limit,
          ...(status === undefined ? {} : { status }),
          ...(order === undefined ? {} : { orderId: order }),
        };
        return show(services.outbox.list(filter), terminal, json === undefined ? {} : { json }, entriesView);
      }),
    );

  outbox
    .command('show')
    .description('one event with its payload and every failed attempt')
    .addArgument(new Argument('<event-id>', 'ID of the event').argParser(uuid))
    .option('--json', 'JSON on stdout')
    .action((eventId: string, options: OutputOptions) =>
      run((services) => show(found(services, eventId), terminal, options, entryView)),
    );

  outbox
    .command('redrive')
    .description('put quarantined events back to work, attempts reset; held successors follow in order; audited')
    .argument('<event-id...>', 'IDs of the events', (text: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      uuid(text),
    ])
    .option('--reason <text>', 'why, for the audit', lineOfText(500))
    .option('--dry-run', 'say what would be done, change nothing')
    .option('--json', 'one JSON object a line on stdout')
    .action((eventIds: readonly string[], options: RedriveOptions) =>
      run((services) => redriveAll(services, factory.actor, eventIds, options, terminal)),
    );

  outbox
    .command('stats')
    .description('how many events are pending, held, retrying, quarantined, completed')
    .option('--json', 'JSON on stdout')
    .action((options: OutputOptions) => run((services) => show(services.outbox.stats(), terminal, options, statsView)));
};
