import { Argument } from 'commander';
import type { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import type { Acted } from '../../application/operations/act-once.ts';
import type { Skipped } from '../../application/operations/skip-event.ts';
import { lineOfText, uuid } from './arguments.ts';
import type { OperatorServices } from './operator-services.ts';
import { reportFailure } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface SkipOptions extends OutputOptions {
  readonly reason: string;
  readonly dryRun?: true;
}

/** `replacementEventId` is null when nothing was changed. */
interface SkipOutcome {
  readonly eventId: string;
  readonly skipped: boolean;
  readonly dryRun: boolean;
  readonly replacementEventId: string | null;
}

const tell = ({ eventId, replacementEventId }: SkipOutcome): string =>
  replacementEventId === null
    ? `${eventId} would be skipped, for good`
    : `${eventId} is skipped; ${replacementEventId} is PENDING in its place`;

const replacementOf = (done: Acted<Skipped> | undefined): string | null =>
  done?._tag === 'Done' ? done.result.replacementEventId : null;

const skipEvent = async (
  services: OperatorServices,
  actor: string,
  eventId: string,
  { reason, dryRun, json }: SkipOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const request = { eventId, actor, reason, headers: {} };
  const isDry = dryRun === true;
  const done = await (isDry ? services.skip.rehearse(request) : services.skip.handle(request))();
  if (E.isLeft(done)) return reportFailure(done.left, terminal);
  const outcome = { eventId, skipped: !isDry, dryRun: isDry, replacementEventId: replacementOf(done.right) };
  terminal.out(json === true ? JSON.stringify(outcome) : tell(outcome));
  return 0;
};

/** `order outbox skip EVENT_ID --reason TEXT` */
export const addSkipCommand = (outbox: Command, run: CommandRunner, actor: string, terminal: Terminal): void => {
  outbox
    .command('skip')
    .description(
      'give up a quarantined event for good, so that its successors may go; consumers are told by an EventSkipped in its place; audited',
    )
    .addArgument(new Argument('<event-id>', 'ID of the event').argParser(uuid))
    .requiredOption('--reason <text>', 'why, for the audit and the consumers', lineOfText(500))
    .option('--dry-run', 'say what would be done, change nothing')
    .option('--json', 'one JSON object on stdout')
    .action((eventId: string, options: SkipOptions) =>
      run((services) => skipEvent(services, actor, eventId, options, terminal)),
    );
};
