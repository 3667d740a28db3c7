import { createCommandLine, runCommandLine } from './command-line.ts';
import { addMigrateCommand } from './migrate-command.ts';
import type { OperatorServicesFactory } from './operator-services.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** The operator's and developer's command line. Answers the exit code of the process. */
export const runOrderCli = (
  argv: readonly string[],
  factory: Pick<OperatorServicesFactory, 'openMigrations'>,
  terminal: Terminal,
): Promise<ExitCode> => {
  let code: ExitCode = 0;
  const finish = (result: ExitCode): void => {
    code = result;
  };
  const program = createCommandLine('order', terminal).description('looks at and tends orders, outbox and schema');
  addMigrateCommand(program, factory, terminal, finish);
  return runCommandLine(program, argv, () => code);
};
