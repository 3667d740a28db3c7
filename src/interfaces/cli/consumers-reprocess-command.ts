import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import type { ParkedSelection, Reprocessed } from '../../application/consumer/reprocess-orders.ts';
import type { ParkingCause } from '../../application/ports/inbox.ts';
import { lineOfText, uuid } from './arguments.ts';
import { causeOption, consumerArgument } from './consumers-parked-command.ts';
import type { OperatorServices } from './operator-services.ts';
import { reportFailure } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface ReprocessOptions extends OutputOptions {
  readonly all?: true;
  readonly cause?: ParkingCause;
  readonly dryRun?: true;
  readonly reason: string;
}

/** Undefined unless it is said which orders, in one way. */
const selectionOf = (order: string | undefined, { all, cause }: ReprocessOptions): ParkedSelection | undefined => {
  if (order !== undefined) return all === undefined && cause === undefined ? { orderIds: [order] } : undefined;
  return all === true ? { cause } : undefined;
};

const tell = (
  { done, notParked, more }: Reprocessed,
  consumer: string,
  options: ReprocessOptions,
  terminal: Terminal,
): ExitCode => {
  const dryRun = options.dryRun === true;
  if (options.json === true) terminal.out(JSON.stringify({ consumer, dryRun, done, notParked, more }, null, 2));
  else for (const id of done) terminal.out(`${id} ${dryRun ? 'would be' : 'is'} released at ${consumer}`);
  for (const id of notParked) terminal.err(`order: order ${id} is not parked at ${consumer}, or no longer`);
  terminal.err(
    `order: ${done.length} ${dryRun ? 'would be' : 'are'} released${more ? '; there are more, run it again' : ''}`,
  );
  return notParked.length === 0 ? 0 : 1;
};

const reprocess = async (
  { reprocess: useCase }: OperatorServices,
  actor: string,
  consumer: string,
  selection: ParkedSelection,
  options: ReprocessOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const { reason } = options;
  const outcome =
    options.dryRun === true
      ? await useCase.rehearse({ consumer, selection })()
      : await useCase.handle({ consumer, selection, actor, reason })();
  return E.isLeft(outcome) ? reportFailure(outcome.left, terminal) : tell(outcome.right, consumer, options, terminal);
};

/** `order consumers reprocess CONSUMER [ORDER_ID]` */
export const addConsumersReprocessCommand = (
  consumers: Command,
  run: CommandRunner,
  actor: string,
  terminal: Terminal,
): void => {
  const command: Command = consumers
    .command('reprocess')
    .description(
      'end the parking of an order, or of up to 200: the consumer tries its events again, in sequence; audited',
    )
    .addArgument(consumerArgument())
    .addArgument(new Argument('[order-id]', 'ID of the order').argParser(uuid))
    .option('--all', 'all that it has parked, longest first, up to 200')
    .addOption(causeOption('with --all: only orders that are parked for this'))
    .addOption(new Option('--reason <text>', 'why, for the audit').argParser(lineOfText(500)).makeOptionMandatory())
    .option('--dry-run', 'say what would be done, change nothing')
    .option('--json', 'JSON on stdout');
  command.action((consumer: string, order: string | undefined, options: ReprocessOptions) => {
    const selection = selectionOf(order, options);
    if (selection === undefined)
      command.error('error: name one order, or say --all (then with --cause, if you like); not both');
    return run((services) => reprocess(services, actor, consumer, selection, options, terminal));
  });
};
