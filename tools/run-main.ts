import process from 'node:process';
import { EnvironmentError } from './environment/environment-error.ts';

/**
 * Runs what an entry does; a number that comes of it is the exit code. What keeps an environment from coming up is told in
 * its own words, and ends with its exit code.
 */
export const runMain = async (main: () => Promise<unknown>): Promise<void> => {
  try {
    const code = await main();
    if (typeof code === 'number') process.exitCode = code;
  } catch (cause) {
    if (!(cause instanceof EnvironmentError)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    process.exitCode = cause.exitCode;
  }
};
