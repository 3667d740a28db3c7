import process from 'node:process';
import { createInterface } from 'node:readline';
import { runOrder } from '../src/composition/run-order.ts';
import type { DeveloperTools, EventTools, NewEventRefused } from '../src/interfaces/cli/event-tools.ts';
import { processLaunch } from '../src/interfaces/cli/process-launch.ts';
import { ROOT } from './environment/checkout.ts';

/* The command line of src/order.ts with what only a checkout has: sources, and the packages to read and write them. */

const isModuleMissing = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

/** Loaded when a command needs it: an operator's command waits for no compiler, and works without one. */
const open = async (): Promise<EventTools | NewEventRefused> => {
  try {
    const { eventToolsOf } = await import('./events/event-tools-of.ts');
    return eventToolsOf(ROOT);
  } catch (error) {
    if (!isModuleMissing(error)) throw error;
    return { problems: [`a package for developers is missing, run npm ci --include=dev: ${error.message}`] };
  }
};

/** On stderr: stdout is for data. Whoever ends the input instead of answering wants nothing to happen. */
const ask = (question: string): Promise<string> =>
  new Promise((resolve) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    terminal.once('close', () => {
      process.stderr.write('\norder: nothing was written\n', () => process.exit(2));
    });
    terminal.question(question, (answer) => {
      terminal.removeAllListeners('close').close();
      resolve(answer);
    });
  });

const developer: DeveloperTools = { open, ask: process.stdin.isTTY ? ask : undefined };

process.exitCode = await runOrder(processLaunch(), developer);
