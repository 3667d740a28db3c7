import type { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import type { Finding, StartCheck } from '../../application/ports/start-check.ts';
import type { OperatorServicesFactory } from './operator-services.ts';
import { withServices } from './run-command.ts';
import type { OutputOptions } from './run-command.ts';
import { printable } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface Diagnosis {
  readonly check: string;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

const diagnose = async ({ name, run }: StartCheck): Promise<Diagnosis> => {
  const answer = await run();
  if (E.isRight(answer)) {
    const ok = answer.right.every(({ isWarning }) => isWarning === true);
    return { check: name, ok, findings: answer.right };
  }
  const problem = `it cannot be asked: ${answer.left.reason}`;
  const mend = 'check the address in the settings, and that the server runs and can be reached from here';
  return { check: name, ok: false, findings: [{ problem, mend }] };
};

const diagnosisLines = ({ check, ok, findings }: Diagnosis): readonly string[] => [
  `${ok ? 'ok  ' : 'FAIL'}  ${check}`,
  ...findings.map(
    ({ problem, mend, isWarning }) =>
      `      ${isWarning === true ? 'warning: ' : ''}${printable(problem)}${mend === undefined ? '' : `; to mend it, ${printable(mend)}`}`,
  ),
];

/** `order doctor` */
export const addDoctorCommand = (
  program: Command,
  factory: Pick<OperatorServicesFactory, 'openDoctor'>,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  program
    .command('doctor')
    .description('run the checks the service makes at its start, and say how to mend what is wrong')
    .option('--json', 'JSON on stdout')
    .action(async ({ json }: OutputOptions) => {
      const code = await withServices(factory.openDoctor, terminal, async ({ checks }): Promise<ExitCode> => {
        const diagnoses = await Promise.all(checks.map(diagnose));
        const lines = json === true ? [JSON.stringify(diagnoses, null, 2)] : diagnoses.flatMap(diagnosisLines);
        for (const line of lines) terminal.out(line);
        return diagnoses.every(({ ok }) => ok) ? 0 : 1;
      });
      finish(code);
    });
};
