import { Option } from 'commander';
import type { Command } from 'commander';
import { diagnose, worstOf } from '../../application/operations/diagnose.ts';
import type { Diagnosis } from '../../application/operations/diagnose.ts';
import type { Health } from '../../application/ports/examination.ts';
import type { OperatorServicesFactory } from './operator-services.ts';
import { withServices } from './run-command.ts';
import type { OutputOptions } from './run-command.ts';
import { printable } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface DoctorOptions extends OutputOptions {
  readonly as: string;
  readonly deep?: true;
}

const SHOWN: Readonly<Record<Health, string>> = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' };

const diagnosisLines = ({ check, state, findings }: Diagnosis): readonly string[] => [
  `${SHOWN[state]}  ${check}`,
  ...findings.flatMap(({ state: one, says, mend }) => [
    `      ${SHOWN[one]}  ${printable(says)}`,
    ...(mend === undefined ? [] : [`            to mend it: ${printable(mend)}`]),
  ]),
];

const summary = (diagnoses: readonly Diagnosis[]): string => {
  const states = diagnoses.flatMap(({ findings }) => findings.map(({ state }) => state));
  const count = (state: Health): number => states.filter((one) => one === state).length;
  return `${states.length} findings: ${count('ok')} ok, ${count('warn')} to know, ${count('fail')} to mend`;
};

/** `order doctor` */
export const addDoctorCommand = (
  program: Command,
  { grants, openDoctor }: Pick<OperatorServicesFactory, 'grants' | 'openDoctor'>,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  program
    .command('doctor')
    .description(
      'look into settings, schema, rights, topic, clocks, relays and consumers, and say how to mend what is wrong; changes nothing',
    )
    .option(
      '--deep',
      'also compare every order and event with every record on the topic, and with what each consumer has; reads all of them',
    )
    .addOption(
      new Option('--as <role>', 'what the MySQL user of MYSQL_URL is for')
        .choices([...grants.keys()])
        .default('operator'),
    )
    .option('--json', 'JSON on stdout')
    .action(async ({ json, as: role, deep }: DoctorOptions) => {
      const open = () => openDoctor({ role, deep: deep === true });
      const code = await withServices(open, terminal, async ({ examinations }): Promise<ExitCode> => {
        const diagnoses = await diagnose(examinations);
        const forPeople = (): readonly string[] => [...diagnoses.flatMap(diagnosisLines), '', summary(diagnoses)];
        const lines = json === true ? [JSON.stringify(diagnoses, null, 2)] : forPeople();
        for (const line of lines) terminal.out(line);
        return worstOf(diagnoses.map(({ state }) => state)) === 'fail' ? 1 : 0;
      });
      finish(code);
    });
};
