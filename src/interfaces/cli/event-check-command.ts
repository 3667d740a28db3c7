import type { Command } from 'commander';
import type { ContractFinding, HttpFinding } from './contract-check.ts';
import type { DeveloperTools } from './event-tools.ts';
import type { OutputOptions } from './run-command.ts';
import { printable } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

const SUFFERS = {
  topic: "today's code cannot read events that were written before",
  consumers: 'consumers that are not upgraded cannot rely on what is written from now on',
  requests: 'clients that are not changed send what is refused from now on',
  answers: 'clients that are not changed cannot rely on what they are answered from now on',
} as const;

type Finding = ContractFinding | HttpFinding;

const said = (where: readonly string[], { what, breaking, breaks }: Finding): readonly string[] => [
  `${breaking ? 'BREAKS ' : 'ok     '} ${where.filter((word) => word !== '').join(' ')}: ${what}`,
  ...(breaking ? breaks.map((who) => `          ${SUFFERS[who]}`) : []),
];

const linesOfHttp = (finding: HttpFinding): readonly string[] =>
  said([finding.operation, finding.part, finding.field], finding);

const linesOfEvent = (finding: ContractFinding): readonly string[] => [
  ...said([finding.event, `v${finding.version}`, finding.field], finding),
  ...(finding.breaking
    ? [`          handled by ${finding.consumers.join(', ') || 'none of the known consumers'}`]
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
    .description('compare events and HTTP of this checkout with the contract released last: what breaks, and for whom')
    .option('--json', 'JSON on stdout')
    .action(async ({ json }: OutputOptions) => {
      const tools = await open();
      const checked = 'problems' in tools ? tools : await tools.check();
      if ('problems' in checked) {
        for (const problem of checked.problems) terminal.err(`order: ${printable(problem)}`);
        finish(2);
        return;
      }
      const { findings, http } = checked;
      const all: readonly Finding[] = [...findings, ...http];
      const breaking = all.filter((finding) => finding.breaking).length;
      const report = { compatible: breaking === 0, findings, http };
      const lines =
        json === true
          ? [JSON.stringify(report, null, 2)]
          : [...findings.flatMap(linesOfEvent), ...http.flatMap(linesOfHttp)];
      for (const line of lines) terminal.out(line);
      terminal.err(
        breaking === 0
          ? `order: nothing breaks; ${all.length} differences from what was released last`
          : `order: ${breaking} of ${all.length} differences break the contract: take them back, or raise the version of the event (docs/evolution.md)`,
      );
      finish(breaking === 0 ? 0 : 1);
    });
};
