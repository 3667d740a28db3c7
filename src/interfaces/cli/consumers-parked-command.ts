import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { PARKING_CAUSES } from '../../application/ports/inbox.ts';
import type { ParkingCause } from '../../application/ports/inbox.ts';
import type { ParkedOrder, ParkedPage } from '../../application/ports/parked-orders.ts';
import { lineOfText, wholeNumberBetween } from './arguments.ts';
import { nextPage } from './next-page.ts';
import { shorten } from './outbox-views.ts';
import { show } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import { renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

interface ParkedOptions extends OutputOptions {
  readonly cause?: ParkingCause;
  readonly after?: string;
  readonly limit: number;
}

const eventOf = ({ event }: ParkedOrder): string | null => {
  if (event === null) return null;
  return event.type === null ? event.eventId : `${event.type} #${event.sequence ?? '?'}`;
};

const parkedView = ({ orders }: ParkedPage): readonly string[] =>
  orders.length === 0
    ? ['nothing is parked']
    : renderTable(
        ['ORDER', 'SINCE', 'CAUSE', 'EVENT', 'BEHIND', 'ERROR'],
        orders.map((order) => [
          order.orderId,
          order.since,
          order.cause,
          eventOf(order),
          order.behind,
          shorten(order.error, 100),
        ]),
      );

export const consumerArgument = (): Argument =>
  new Argument('<consumer>', 'name of the consumer, as PROGRESS_URLS has it').argParser(lineOfText(32));

export const causeOption = (description: string): Option =>
  new Option('--cause <cause>', description).choices(PARKING_CAUSES);

/** `order consumers parked CONSUMER` */
export const addConsumersParkedCommand = (consumers: Command, run: CommandRunner, terminal: Terminal): void => {
  consumers
    .command('parked')
    .description(
      'orders that a consumer has parked, longest first: why, since when, by which event, how many wait behind',
    )
    .addArgument(consumerArgument())
    .addOption(causeOption('only orders that are parked for this'))
    .option('--after <next>', 'go on after the page before', lineOfText(64))
    .option('--limit <n>', 'at most this many', wholeNumberBetween(1, 1_000), 50)
    .option('--json', 'JSON on stdout')
    .action((consumer: string, { cause, after, limit, ...options }: ParkedOptions) =>
      run(({ parked }) => {
        const query = {
          limit,
          ...(cause === undefined ? {} : { cause }),
          ...(after === undefined ? {} : { after }),
        };
        return show(parked.list(consumer, query), terminal, options, parkedView, nextPage('--after'));
      }),
    );
};
