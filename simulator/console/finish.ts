import { EnvironmentError } from '../../tools/environment/environment-error.ts';
import type { Verdict } from '../checker/verdict.ts';
import { EndedEarly } from '../run/ended-early.ts';
import { EXIT_UNKNOWN } from '../run/stop-signals.ts';

const EXIT_CODES: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, unknown: EXIT_UNKNOWN };

export const exitCodeOf = (verdict: Verdict): number => EXIT_CODES[verdict];

/** What kept a run from being judged: plain words for what may happen, everything known of what nobody expected. */
const reasonOf = (cause: unknown): string => {
  if (cause instanceof EnvironmentError || cause instanceof EndedEarly) return cause.message;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
};

/** A reader that went away (`| head`) wants no more, and no word about it. */
const isClosedPipe = (cause: Error): boolean => 'code' in cause && cause.code === 'EPIPE';

/**
 * Runs `main` and exits with its code once all that was written has left the process; with 2 when it broke down, or
 * stdout did not take all, since that says nothing about the service.
 */
export const runToExit = (name: string, main: () => Promise<number>): void => {
  let loss: Error | undefined;
  const noteLoss = (cause?: Error | null): void => {
    if (cause && !isClosedPipe(cause)) loss ??= cause;
  };
  const exitWhenWritten = (code: number): void => {
    const exit = (): void => {
      if (loss !== undefined) process.stderr.write(`${name}: stdout: ${loss.message}\n`);
      process.exit(loss === undefined ? code : EXIT_UNKNOWN);
    };
    process.stdout.write('', (cause) => {
      noteLoss(cause);
      process.stderr.write('', exit);
    });
    // A closed pipe may never tell that it has written.
    setTimeout(exit, 1_000);
  };
  const brokeDown = (cause: unknown): void => {
    process.stderr.write(`${name}: ${reasonOf(cause)}\n`);
    exitWhenWritten(EXIT_UNKNOWN);
  };
  process.on('uncaughtException', brokeDown);
  process.stdout.on('error', noteLoss);
  // There is nowhere left to tell it.
  process.stderr.on('error', () => undefined);
  main().then(exitWhenWritten, brokeDown);
};
