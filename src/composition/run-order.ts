import type { DeveloperTools } from '../interfaces/cli/event-tools.ts';
import { runOrderCli } from '../interfaces/cli/order-cli.ts';
import { processLaunch } from '../interfaces/cli/process-launch.ts';
import type { Launch } from '../interfaces/cli/process-launch.ts';
import { printable } from '../interfaces/cli/terminal.ts';
import type { ExitCode } from '../interfaces/cli/terminal.ts';
import { operatorServicesOf } from './operator-services.ts';

/** Where only the service is installed, there are no sources to write. */
const noDeveloper: DeveloperTools = {
  open: () =>
    Promise.resolve({ problems: ['this reads and writes sources: use npm run order in a checkout of the repository'] }),
  ask: undefined,
};

/** Runs one command of the CLI; answers the exit code of the process. */
export const runOrder = (
  { argv, env, terminal }: Launch = processLaunch(),
  developer: DeveloperTools = noDeveloper,
): Promise<ExitCode> =>
  runOrderCli(
    argv,
    operatorServicesOf(env, (line) => {
      terminal.err(printable(line));
    }),
    developer,
    terminal,
  );
