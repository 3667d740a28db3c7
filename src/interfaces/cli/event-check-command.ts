import type { Command } from 'commander';
import type { ContractFinding } from './contract-check.ts';
import type { DeveloperTools } from './event-tools.ts';
import type { OutputOptions } from './run-command.ts';
import { printable } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

const SUFFERS = {
  topic: "today's code cannot read events that were written before",
  consumers: 'consumers that are not upgraded cannot rely on what is written from now on',
} as const;

const linesOf = ({ event, version, field, what, breaking, breaks, consumers }: ContractFinding): readonly string[] => [
  `${breaking ? 'BREAKS ' : 'ok     '} ${event} v${version}${field === '' ? '' : ` ${field}`}: ${what}`,
  ...(breaking ? breaks.map((who) => `          ${SUFFERS[who]}`) : []),
  ...(breaking
    ? [`          handled by ${consumers.length === 0 ? 'none of the known consumers' : consumers.join(', ')}`]
    : []),
];

/** `order event check` */
export const addEventCheckCommand = (
  event: Command,
  { open }: Pick<DeveloperTools, 'open'>,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  event
    .command('check')
    .description('compare the events of this checkout with the contract released last: what breaks, and for whom')
    .option('--json', 'JSON on stdout')
    .action(async ({ json }: OutputOptions) => {
      const tools = await open();
      const checked = 'problems' in tools ? tools : await tools.check();
      if ('problems' in checked) {
        for (const problem of checked.problems) terminal.err(`order: ${printable(problem)}`);
        finish(2);
        return;
      }
      const { findings } = checked;
      const breaking = findings.filter((finding) => finding.breaking).length;
      const report = { compatible: breaking === 0, findings };
      const lines = json === true ? [JSON.stringify(report, null, 2)] : findings.flatMap(linesOf);
      for (const line of lines) terminal.out(line);
      terminal.err(
        breaking === 0
          ? `order: nothing breaks; ${findings.length} differences from what was released last`
          : `order: ${breaking} of ${findings.length} differences break the contract: take them back, or raise the version of the event (docs/evolution.md)`,
      );
      finish(breaking === 0 ? 0 : 1);
    });
};
