import type { Command } from 'commander';
import type { AuditPage } from '../../application/ports/audit-queries.ts';
import { cursor, wholeNumberBetween } from './arguments.ts';
import { nextPage } from './next-page.ts';
import { show } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import { renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

interface AuditOptions extends OutputOptions {
  readonly before?: string;
  readonly limit: number;
}

type Act = AuditPage['acts'][number];

const subjectOf = (act: Act): string | null =>
  act.action === 'reprocess' ? `order ${act.orderId} at ${act.consumer}` : act.eventId;

const outcomeOf = (act: Act): string | null => {
  if (act.action !== 'reprocess') return null;
  return act.detail === null ? act.outcome : `${act.outcome}: ${act.detail}`;
};

const auditView = ({ acts }: AuditPage): readonly string[] =>
  renderTable(
    ['AT', 'WHO', 'WHAT', 'OF WHAT', 'WHY', 'OUTCOME'],
    acts.map((act) => [act.at, act.actor, act.action, subjectOf(act), act.reason, outcomeOf(act)]),
  );

/** `order audit` */
export const addAuditCommand = (program: Command, run: CommandRunner, terminal: Terminal): void => {
  program
    .command('audit')
    .description('what operators and the janitor did, the newest first: who, when and why')
    .option('--before <cursor>', 'only what is older than the page that told this', cursor)
    .option('--limit <n>', 'at most this many', wholeNumberBetween(1, 1_000), 50)
    .option('--json', 'JSON on stdout')
    .action(({ before, limit, json }: AuditOptions) =>
      run((services) =>
        show(
          services.audit.list({ limit, ...(before === undefined ? {} : { before }) }),
          terminal,
          json === undefined ? {} : { json },
          auditView,
          nextPage('--before'),
        ),
      ),
    );
};
