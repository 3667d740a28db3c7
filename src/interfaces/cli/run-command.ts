import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describeFailure } from './describe-failure.ts';
import type { CliFailure } from './describe-failure.ts';
import type { OperatorServices, SettingsRefused } from './operator-services.ts';
import { printable } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface OutputOptions {
  readonly json?: true;
}

/** Opens what the commands work with and runs one; its code becomes that of the process. */
export type CommandRunner = (command: (services: OperatorServices) => Promise<ExitCode>) => Promise<void>;

/** Says on stderr what failed, in one line. */
export const reportFailure = (failure: CliFailure, terminal: Terminal): ExitCode => {
  const { message, exitCode } = describeFailure(failure);
  terminal.err(`order: ${printable(message)}`);
  return exitCode;
};

/** Opens what a command needs, runs it, and closes it again whatever happens. */
export const withServices = async <Services extends { close(): Promise<void> }>(
  open: () => Services | SettingsRefused,
  terminal: Terminal,
  command: (services: Services) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const services = open();
  if ('problems' in services) {
    for (const problem of services.problems) terminal.err(`order: ${printable(problem)}`);
    return 2;
  }
  try {
    return await command(services);
  } finally {
    await services.close();
  }
};

/** Runs a query and shows its answer as JSON, or as people read it, with what else they are told. */
export const show = async <A>(
  query: TaskEither<CliFailure, A>,
  terminal: Terminal,
  options: OutputOptions,
  forPeople: (answer: A) => readonly string[],
  talk: (answer: A) => readonly string[] = () => [],
): Promise<ExitCode> => {
  const answer = await query();
  if (E.isLeft(answer)) return reportFailure(answer.left, terminal);
  if (options.json === true) {
    terminal.out(JSON.stringify(answer.right, null, 2));
    return 0;
  }
  for (const line of forPeople(answer.right)) terminal.out(line);
  for (const line of talk(answer.right)) terminal.err(`order: ${line}`);
  return 0;
};
