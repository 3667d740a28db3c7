import { parseArgs } from 'node:util';
import { EnvironmentError } from '../environment/environment-error.ts';

export interface FuzzOptions {
  /** Cases of each operation, in each of the phases that make them at random. */
  readonly examples: number;
  /** The same seed makes the same cases. */
  readonly seed: number;
  /** Only to get Schemathesis, so that a bound on the time of a run is not one on that of the network. */
  readonly installOnly: boolean;
}

const MOST = 1_000_000;

const wholeNumber = (name: string, text: string, most: number): number => {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= 1 && value <= most) return value;
  throw new EnvironmentError(`--${name} is "${text}": expected a whole number from 1 to ${most}`);
};

/** Of `npm run fuzz`. Throws an `EnvironmentError` that names what is wrong. */
export const readFuzzOptions = (args: readonly string[], random: () => number = Math.random): FuzzOptions => {
  const options = {
    examples: { type: 'string', default: '50' },
    seed: { type: 'string' },
    'install-only': { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    return {
      examples: wholeNumber('examples', values.examples, MOST),
      seed: values.seed === undefined ? 1 + Math.floor(random() * MOST) : wholeNumber('seed', values.seed, 999_999_999),
      installOnly: values['install-only'],
    };
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    throw new EnvironmentError(error instanceof Error ? error.message : String(error), { cause: error });
  }
};
