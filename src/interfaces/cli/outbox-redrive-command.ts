import type { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import { lineOfText, uuid } from './arguments.ts';
import { findEvent } from './find-event.ts';
import type { OperatorServices } from './operator-services.ts';
import { reportFailure } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface RedriveOptions extends OutputOptions {
  readonly dryRun?: true;
  readonly reason?: string;
}

interface RedriveOutcome {
  readonly eventId: string;
  readonly redriven: boolean;
  readonly dryRun: boolean;
}

const dryRun = async (
  services: OperatorServices,
  eventId: string,
  terminal: Terminal,
): Promise<RedriveOutcome | ExitCode> => {
  const event = await findEvent(services, eventId)();
  if (E.isLeft(event)) return reportFailure(event.left, terminal);
  switch (event.right.status) {
    case 'QUARANTINED':
      return { eventId, redriven: false, dryRun: true };
    case 'SKIPPED': {
      const { replacementEventId } = event.right;
      return reportFailure({ _tag: 'EventAlreadySkipped', eventId, replacementEventId }, terminal);
    }
    case 'PENDING':
    case 'COMPLETED':
      return reportFailure({ _tag: 'EventNotQuarantined', eventId, status: event.right.status }, terminal);
  }
};

const redriveOne = async (
  services: OperatorServices,
  actor: string,
  eventId: string,
  options: RedriveOptions,
  terminal: Terminal,
): Promise<RedriveOutcome | ExitCode> => {
  if (options.dryRun === true) return dryRun(services, eventId, terminal);
  const done = await services.redrive.handle({ eventId, actor, reason: options.reason ?? null })();
  return E.isLeft(done) ? reportFailure(done.left, terminal) : { eventId, redriven: true, dryRun: false };
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

/** `order outbox redrive EVENT_ID…` */
export const addRedriveCommand = (outbox: Command, run: CommandRunner, actor: string, terminal: Terminal): void => {
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
      run((services) => redriveAll(services, actor, eventIds, options, terminal)),
    );
};
