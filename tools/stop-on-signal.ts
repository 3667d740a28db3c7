import { messageOf } from './environment/environment-error.ts';

/**
 * Calls `stop` at the first Ctrl-C (or SIGTERM, SIGHUP) and ends the process with 0 when that is done. The second one
 * ends the process at once with 130; the watchdogs of its runs then end what it had started.
 */
export const stopOnSignal = (stop: () => Promise<void>): void => {
  let stopping = false;
  const signalled = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (cause: unknown) => {
        process.stderr.write(`${messageOf(cause)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, signalled);
};
