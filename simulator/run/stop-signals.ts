import { setMaxListeners } from 'node:events';

/** Exit code for "unknown, or could not run". */
export const EXIT_UNKNOWN = 2;

export interface StopSignals {
  /** Aborted by the first Ctrl-C (or SIGTERM, SIGHUP, a closed stdout). */
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * The first signal ends the run in order, the second at once: the environment's watchdog then ends what the run
 * had started. Nobody reading stdout any more counts as the first.
 */
export const onStopSignals = (
  told: (first: boolean) => void,
  exit: (code: number) => void = (code) => process.exit(code),
): StopSignals => {
  const controller = new AbortController();
  // Every request and every pause of a run listens.
  setMaxListeners(0, controller.signal);
  const stop = (): void => {
    const first = !controller.signal.aborted;
    told(first);
    if (first) controller.abort();
    else exit(EXIT_UNKNOWN);
  };
  const pipeClosed = (): void => {
    if (!controller.signal.aborted) controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, stop);
  process.stdout.on('error', pipeClosed);
  process.stderr.on('error', pipeClosed);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, stop);
    },
  };
};
