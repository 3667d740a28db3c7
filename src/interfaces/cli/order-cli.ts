import { addAuditCommand } from './audit-command.ts';
import { addConsumersCommand } from './consumers-command.ts';
import { createCommandLine, runCommandLine } from './command-line.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addGrantsCommand } from './grants-command.ts';
import { addMigrateCommand } from './migrate-command.ts';
import { addEventCommands } from './event-commands.ts';
import type { DeveloperTools } from './event-tools.ts';
import type { OperatorServicesFactory } from './operator-services.ts';
import { addOutboxCommands } from './outbox-commands.ts';
import { withServices } from './run-command.ts';
import type { CommandRunner } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';
import { addTopCommand } from './top-command.ts';

/** The operator's and developer's command line. Answers the exit code of the process. */
export const runOrderCli = (
  argv: readonly string[],
  factory: OperatorServicesFactory,
  developer: DeveloperTools,
  terminal: Terminal,
): Promise<ExitCode> => {
  let code: ExitCode = 0;
  const finish = (result: ExitCode): void => {
    code = result;
  };
  const run: CommandRunner = async (command) => {
    finish(await withServices(factory.open, terminal, command));
  };
  const program = createCommandLine('order', terminal)
    .description('looks at and tends orders, outbox and schema')
    // An option belongs to the command before it; `consumers` has `--json`, and so have the commands below it.
    .enablePositionalOptions();
  addOutboxCommands(program, run, factory.actor, terminal, finish);
  addConsumersCommand(program, run, factory.actor, terminal);
  addTopCommand(program, run, terminal);
  addAuditCommand(program, run, terminal);
  addExplainCommand(program, run, terminal);
  addEventCommands(program, developer, terminal, finish);
  addMigrateCommand(program, factory, terminal, finish);
  addGrantsCommand(program, factory, terminal, finish);
  addDoctorCommand(program, factory, terminal, finish);
  return runCommandLine(program, argv, terminal, () => code);
};
