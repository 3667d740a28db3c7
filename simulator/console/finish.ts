import { EnvironmentError } from '../../tools/environment/environment-error.ts';
import type { Verdict } from '../checker/verdict.ts';
import { EndedEarly } from '../run/run-simulation.ts';
import { EXIT_UNKNOWN } from '../run/stop-signals.ts';

const EXIT_CODES: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, unknown: EXIT_UNKNOWN };

export const exitCodeOf = (verdict: Verdict): number => EXIT_CODES[verdict];

/** What kept a run from being judged: plain words for what may happen, everything known of what nobody expected. */
const reasonOf = (cause: unknown): string => {
  if (cause instanceof EnvironmentError || cause instanceof EndedEarly) return cause.message;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
};

/** Ends the process once all that was written has left it. */
const exitWhenWritten = (code: number): void => {
  const exit = (): void => process.exit(code);
  process.stdout.write('', () => process.stderr.write('', exit));
  // A closed pipe never tells that it has written.
  setTimeout(exit, 1_000).unref();
};

/** Runs `main` and exits with its code; with 2 when it broke down, since that says nothing about the service. */
export const runToExit = (name: string, main: () => Promise<number>): void => {
  const brokeDown = (cause: unknown): void => {
    process.stderr.write(`${name}: ${reasonOf(cause)}\n`);
    exitWhenWritten(EXIT_UNKNOWN);
  };
  process.on('uncaughtException', brokeDown);
  main().then(exitWhenWritten, brokeDown);
};
