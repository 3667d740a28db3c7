import type { Command } from 'commander';
import type { BlockedPage } from '../../application/ports/outbox-queries.ts';
import { cursor, wholeNumberBetween } from './arguments.ts';
import { nextPage } from './next-page.ts';
import { standing } from './outbox-views.ts';
import { show } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import { renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

interface BlockedOptions extends OutputOptions {
  readonly after?: string;
  readonly limit: number;
}

const blockedView = ({ orders }: BlockedPage): readonly string[] =>
  renderTable(
    ['ORDER', 'HELD BY', 'SEQ', 'TYPE', 'STANDS', 'WAITING', 'SINCE', 'LAST ERROR'],
    orders.map(({ orderId, head, heldEvents, since }) => [
      orderId,
      head.eventId,
      head.sequence,
      head.type,
      standing(head),
      heldEvents,
      since,
      head.lastError,
    ]),
  );

/** `order outbox blocked` */
export const addBlockedCommand = (outbox: Command, run: CommandRunner, terminal: Terminal): void => {
  outbox
    .command('blocked')
    .description(
      'orders whose later events wait, the event that each waits for, and how many wait (counted up to 1,000)',
    )
    .option('--after <cursor>', 'only what comes after the page that told this', cursor)
    .option('--limit <n>', 'at most this many', wholeNumberBetween(1, 1_000), 50)
    .option('--json', 'JSON on stdout')
    .action(({ after, limit, json }: BlockedOptions) =>
      run((services) =>
        show(
          services.outbox.blocked({ limit, ...(after === undefined ? {} : { after }) }),
          terminal,
          json === undefined ? {} : { json },
          blockedView,
          nextPage('--after'),
        ),
      ),
    );
};
