import { runOrderCli } from '../interfaces/cli/order-cli.ts';
import { processLaunch } from '../interfaces/cli/process-launch.ts';
import type { Launch } from '../interfaces/cli/process-launch.ts';
import type { ExitCode } from '../interfaces/cli/terminal.ts';
import { operatorServicesOf } from './operator-services.ts';

/** Runs one command of the operator's CLI; answers the exit code of the process. */
export const runOrder = ({ argv, env, terminal }: Launch = processLaunch()): Promise<ExitCode> =>
  runOrderCli(argv, operatorServicesOf(env), terminal);
