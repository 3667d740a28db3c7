import { Option } from 'commander';
import type { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import type { BulkAct, BulkOutcome, Selection } from '../../application/operations/act-on-events.ts';
import { lineOfText, orderId } from './arguments.ts';
import { describeFailure } from './describe-failure.ts';
import type { OperatorServices } from './operator-services.ts';
import { reportFailure } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface BulkOptions extends OutputOptions {
  readonly type?: string;
  readonly error?: string;
  readonly order?: string;
  readonly dryRun?: true;
  readonly reason?: string;
}

const selectionOf = ({ type, error, order }: BulkOptions): Selection => ({
  filter: {
    ...(type === undefined ? {} : { type }),
    ...(error === undefined ? {} : { error }),
    ...(order === undefined ? {} : { orderId: order }),
  },
});

const tell = ({ done, refused, more }: BulkOutcome, what: string, options: BulkOptions, terminal: Terminal): void => {
  const dryRun = options.dryRun === true;
  if (options.json === true) {
    const kept = dryRun ? done.map(({ eventId }) => ({ eventId, replacementEventId: null })) : done;
    terminal.out(JSON.stringify({ dryRun, done: kept, refused, more }, null, 2));
    return;
  }
  for (const { eventId } of done) terminal.out(`${eventId} ${dryRun ? 'would be' : 'is'} ${what}`);
  for (const refusal of refused) terminal.err(`order: ${describeFailure(refusal).message}`);
  terminal.err(
    `order: ${done.length} ${dryRun ? 'would be' : 'are'} ${what}${more ? '; there are more, run it again' : ''}`,
  );
};

const actOnMany = async (
  { actOnEvents }: OperatorServices,
  actor: string,
  act: BulkAct,
  options: BulkOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const request = { selection: selectionOf(options), act, actor };
  const what = act.act === 'redrive' ? 'redriven' : 'skipped';
  if (options.dryRun === true) {
    const rehearsed = await actOnEvents.rehearse(request)();
    if (E.isLeft(rehearsed)) return reportFailure(rehearsed.left, terminal);
    tell(rehearsed.right, what, options, terminal);
    return 0;
  }
  const acted = await actOnEvents.handle(request)();
  if (E.isLeft(acted)) return reportFailure(acted.left, terminal);
  if (acted.right._tag === 'Done') tell(acted.right.result, what, options, terminal);
  return 0;
};

const selecting = (command: Command): Command =>
  command
    .option('--type <type>', 'only events of this type, like OrderPlaced', lineOfText(64))
    .option('--error <text>', 'only events with this text in their last error', lineOfText(200))
    .option('--order <order-id>', 'only the event of this order', orderId)
    .option('--dry-run', 'say what would be done, change nothing')
    .option('--json', 'JSON on stdout');

/** `order outbox redrive-all` and `skip-all` */
export const addBulkCommands = (outbox: Command, run: CommandRunner, actor: string, terminal: Terminal): void => {
  selecting(
    outbox
      .command('redrive-all')
      .description('put all quarantined events that are like this back to work, up to 500 in one transaction; audited'),
  )
    .option('--reason <text>', 'why, for the audit', lineOfText(500))
    .action((options: BulkOptions) =>
      run((services) =>
        actOnMany(services, actor, { act: 'redrive', reason: options.reason ?? null }, options, terminal),
      ),
    );
  selecting(
    outbox
      .command('skip-all')
      .description('give up all quarantined events that are like this for good, up to 500 in one transaction; audited'),
  )
    .addOption(
      new Option('--reason <text>', 'why, for the audit and the consumers')
        .argParser(lineOfText(500))
        .makeOptionMandatory(),
    )
    .action((options: BulkOptions & { readonly reason: string }) =>
      run((services) =>
        actOnMany(services, actor, { act: 'skip', reason: options.reason, headers: {} }, options, terminal),
      ),
    );
};
