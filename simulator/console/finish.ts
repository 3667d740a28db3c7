import { EnvironmentError } from '../../tools/environment/environment-error.ts';
import type { Verdict } from '../checker/verdict.ts';
import { EndedEarly } from '../run/run-simulation.ts';
import { EXIT_UNKNOWN } from '../run/stop-signals.ts';

const EXIT_CODES: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, unknown: EXIT_UNKNOWN };

export const exitCodeOf = (verdict: Verdict): number => EXIT_CODES[verdict];

/** What kept a run from being judged, in words; undefined for what nobody expected. */
export const reasonNotRun = (cause: unknown): string | undefined =>
  cause instanceof EnvironmentError || cause instanceof EndedEarly ? cause.message : undefined;

/** Ends the process once all that was written has left it. */
export const exitWhenWritten = (code: number): Promise<never> =>
  new Promise(() => {
    const exit = (): void => process.exit(code);
    process.stdout.write('', () => process.stderr.write('', exit));
    // A closed pipe never tells that it has written.
    setTimeout(exit, 1_000).unref();
  });
