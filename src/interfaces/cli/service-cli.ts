import { Option } from 'commander';
import { createCommandLine, runCommandLine } from './command-line.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** What a process of the service does: take orders, publish their events, both of these, or remove what was published long ago. */
export type Role = 'api' | 'relay' | 'all' | 'janitor';

const ROLES: readonly Role[] = ['api', 'relay', 'all', 'janitor'];

/** Reads the role from the command line and runs it. Answers the exit code of the process. */
export const runServiceCli = (
  argv: readonly string[],
  terminal: Terminal,
  run: (role: Role) => Promise<ExitCode>,
): Promise<ExitCode> => {
  let code: ExitCode = 0;
  const program = createCommandLine('orderly', terminal)
    .description(
      'takes orders over HTTP, publishes their events to Kafka and keeps the outbox small; settings come from the environment',
    )
    .allowExcessArguments(false)
    .addOption(new Option('--role <role>', 'what this process does').choices(ROLES).default('all'))
    .action(async ({ role }: { readonly role: Role }) => {
      code = await run(role);
    });
  return runCommandLine(program, argv, terminal, () => code);
};
