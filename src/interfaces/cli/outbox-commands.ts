import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type {
  OutboxEntryDetail,
  OutboxFilter,
  OutboxPage,
  SkippedEntryDetail,
} from '../../application/ports/outbox-queries.ts';
import { OUTBOX_STATUSES } from '../../application/ports/outbox-status.ts';
import { maskPayload } from '../operator/mask-payload.ts';
import { lineOfText, orderId, uuid, wholeNumberBetween } from './arguments.ts';
import { findEvent } from './find-event.ts';
import type { OperatorServicesFactory } from './operator-services.ts';
import { addBlockedCommand } from './outbox-blocked-command.ts';
import { addBulkCommands } from './outbox-bulk-commands.ts';
import { addDebeziumCommand } from './outbox-debezium-command.ts';
import { addPurgeCommand } from './outbox-purge-command.ts';
import { addRedriveCommand } from './outbox-redrive-command.ts';
import { addSkipCommand } from './outbox-skip-command.ts';
import { entriesView, entryView, statsView } from './outbox-views.ts';
import { show, withServices } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface ListOptions extends OutputOptions {
  readonly status?: OutboxFilter['status'];
  readonly order?: string;
  readonly type?: string;
  readonly error?: string;
  readonly limit: number;
}

interface ShowOptions extends OutputOptions {
  readonly payload: 'masked' | 'plain';
}

const STATUSES = [...OUTBOX_STATUSES, 'SKIPPED'] as const;

/** `order outbox …` */
export const addOutboxCommands = (
  program: Command,
  factory: OperatorServicesFactory,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  const run: CommandRunner = async (command) => {
    finish(await withServices(factory.open, terminal, command));
  };
  const outbox = program.command('outbox').description('events on their way to Kafka: look, put back to work, give up');

  outbox
    .command('list')
    .description('events, the newest first')
    .addOption(new Option('--status <status>', 'only events of this status').choices(STATUSES))
    .option('--order <order-id>', 'only events of this order', orderId)
    .option('--type <type>', 'only events of this type, like OrderPlaced', lineOfText(64))
    .option('--error <text>', 'only events with this text in their last error', lineOfText(200))
    .option('--limit <n>', 'at most this many', wholeNumberBetween(1, 1_000), 50)
    .option('--json', 'JSON on stdout')
    .action(({ status, order, type, error, limit, json }: ListOptions) =>
      run((services) => {
        const filter = {
          limit,
          ...(status === undefined ? {} : { status }),
          ...(order === undefined ? {} : { orderId: order }),
          ...(type === undefined ? {} : { type }),
          ...(error === undefined ? {} : { error }),
        };
        const listed = TE.map(({ entries }: OutboxPage) => entries)(services.outbox.list(filter));
        return show(listed, terminal, json === undefined ? {} : { json }, entriesView);
      }),
    );

  outbox
    .command('show')
    .description('one event with its payload and every failed attempt')
    .addArgument(new Argument('<event-id>', 'ID of the event').argParser(uuid))
    .addOption(
      new Option('--payload <how>', 'masked: without what may tell of a person; plain: as it is')
        .choices(['masked', 'plain'])
        .default('masked'),
    )
    .option('--json', 'JSON on stdout')
    .action((eventId: string, { payload, ...options }: ShowOptions) =>
      run((services) => {
        const event = findEvent(services, eventId);
        const shown =
          payload === 'plain'
            ? event
            : TE.map((found: OutboxEntryDetail | SkippedEntryDetail) => ({
                ...found,
                payload: maskPayload(found.payload),
              }))(event);
        return show(shown, terminal, options, entryView);
      }),
    );

  addBlockedCommand(outbox, run, terminal);
  addBulkCommands(outbox, run, factory.actor, terminal);
  addRedriveCommand(outbox, run, factory.actor, terminal);
  addSkipCommand(outbox, run, factory.actor, terminal);
  addPurgeCommand(outbox, run, factory.actor, terminal);
  addDebeziumCommand(outbox, terminal, finish);

  outbox
    .command('stats')
    .description('how many events are pending, held, retrying, quarantined, completed')
    .option('--json', 'JSON on stdout')
    .action((options: OutputOptions) => run((services) => show(services.outbox.stats(), terminal, options, statsView)));
};
