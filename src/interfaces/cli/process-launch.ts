import { openLiveScreen } from './live-screen.ts';
import type { Terminal } from './terminal.ts';

/** What a command is started with. */
export interface Launch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
}

/** stdout and stderr of this process. */
const processTerminal = (): Terminal => {
  // A reader that has seen enough (`order outbox list | head`) closes the pipe: that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`cannot write to stdout: ${error.message}\n`, () => process.exit(2));
  });
  return {
    out: (line) => {
      process.stdout.write(`${line}\n`);
    },
    err: (line) => {
      process.stderr.write(`${line}\n`);
    },
    ...(process.stdout.isTTY ? { openScreen: () => openLiveScreen(process.stdout, process.stdin) } : {}),
  };
};

export const processLaunch = (): Launch => ({
  argv: process.argv.slice(2),
  env: process.env,
  terminal: processTerminal(),
});

/** A terminal and a supervisor may both pass on the same Ctrl-C; within this time it counts once. */
const SAME_REQUEST_MS = 500;

/** Resolves with the first SIGTERM or SIGINT. A later one of someone who will not wait ends the process at once. */
export const stopRequested = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let first: number | undefined;
    const request = (signal: NodeJS.Signals): void => {
      first ??= performance.now();
      if (performance.now() - first > SAME_REQUEST_MS) process.exit(1);
      resolve(signal);
    };
    process.on('SIGTERM', request);
    process.on('SIGINT', request);
  });
