import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { OutboxFilter, OutboxPage } from '../../application/ports/outbox-queries.ts';
import { OUTBOX_STATUSES } from '../../application/ports/outbox-status.ts';
import { eventSize } from '../operator/event-size.ts';
import { maskPayload } from '../operator/mask-payload.ts';
import { cursor, lineOfText, orderId, uuid, wholeNumberBetween } from './arguments.ts';
import { findEvent } from './find-event.ts';
import { nextPage } from './next-page.ts';
import { addBlockedCommand } from './outbox-blocked-command.ts';
import { addBulkCommands } from './outbox-bulk-commands.ts';
import { addDebeziumCommand } from './outbox-debezium-command.ts';
import { addPurgeCommand } from './outbox-purge-command.ts';
import { addRedriveCommand } from './outbox-redrive-command.ts';
import { addSkipCommand } from './outbox-skip-command.ts';
import { entriesView, entryView, statsView } from './outbox-views.ts';
import { show } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface ListOptions extends OutputOptions {
  readonly status?: OutboxFilter['status'];
  readonly order?: string;
  readonly type?: string;
  readonly error?: string;
  readonly before?: string;
  readonly limit: number;
}

interface ShowOptions extends OutputOptions {
  readonly payload: 'masked' | 'plain';
}

const STATUSES = [...OUTBOX_STATUSES, 'SKIPPED'] as const;

/** `order outbox …` */
export const addOutboxCommands = (
  program: Command,
  run: CommandRunner,
  actor: string,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  const outbox = program.command('outbox').description('events on their way to Kafka: look, put back to work, give up');

  outbox
    .command('list')
    .description('events, the newest first')
    .addOption(new Option('--status <status>', 'only events of this status').choices(STATUSES))
    .option('--order <order-id>', 'only events of this order', orderId)
    .option('--type <type>', 'only events of this type, like OrderPlaced', lineOfText(64))
    .option('--error <text>', 'only events with this text in their last error', lineOfText(200))
    .option('--before <cursor>', 'only what is older than the page that told this', cursor)
    .option('--limit <n>', 'at most this many', wholeNumberBetween(1, 1_000), 50)
    .option('--json', 'JSON on stdout')
    .action(({ status, order, type, error, before, limit, json }: ListOptions) =>
      run((services) => {
        const filter = {
          limit,
          ...(status === undefined ? {} : { status }),
          ...(order === undefined ? {} : { orderId: order }),
          ...(type === undefined ? {} : { type }),
          ...(error === undefined ? {} : { error }),
          ...(before === undefined ? {} : { before }),
        };
        const listed = pipe(
          services.outbox.list(filter),
          TE.map(({ entries: events, next }: OutboxPage) => ({ events, next })),
        );
        return show(listed, terminal, json === undefined ? {} : { json }, entriesView, nextPage('--before'));
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
        const shown = pipe(
          findEvent(services, eventId),
          TE.map((found) => ({
            ...found,
            ...eventSize(found),
            payload: payload === 'plain' ? found.payload : maskPayload(found.payload),
          })),
        );
        return show(shown, terminal, options, entryView);
      }),
    );

  addBlockedCommand(outbox, run, terminal);
  addBulkCommands(outbox, run, actor, terminal);
  addRedriveCommand(outbox, run, actor, terminal);
  addSkipCommand(outbox, run, actor, terminal);
  addPurgeCommand(outbox, run, actor, terminal);
  addDebeziumCommand(outbox, terminal, finish);

  outbox
    .command('stats')
    .description('how many events are pending, held, retrying, quarantined, completed')
    .option('--json', 'JSON on stdout')
    .action((options: OutputOptions) => run((services) => show(services.outbox.stats(), terminal, options, statsView)));
};
