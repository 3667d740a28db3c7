import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { OUTBOX_STATUSES } from '../../application/ports/outbox-status.ts';
import type { OutboxStatus } from '../../application/ports/outbox-status.ts';
import { orderId, uuid, wholeNumberBetween } from './arguments.ts';
import { findEvent } from './find-event.ts';
import type { OperatorServicesFactory } from './operator-services.ts';
import { addDebeziumCommand } from './outbox-debezium-command.ts';
import { addPurgeCommand } from './outbox-purge-command.ts';
import { addRedriveCommand } from './outbox-redrive-command.ts';
import { addSkipCommand } from './outbox-skip-command.ts';
import { entriesView, entryView, statsView } from './outbox-views.ts';
import { show, withServices } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface ListOptions extends OutputOptions {
  readonly status?: OutboxStatus;
  readonly order?: string;
  readonly limit: number;
}

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
    .addOption(new Option('--status <status>', 'only events of this status').choices(OUTBOX_STATUSES))
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
      run((services) => show(findEvent(services, eventId), terminal, options, entryView)),
    );

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
