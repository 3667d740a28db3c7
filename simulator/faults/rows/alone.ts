import type { Fault, MatrixRow } from '../fault.ts';

/** A fault that is nothing but a row with an environment and an end state of its own. */
export const alone = (
  about: Pick<Fault, 'name' | 'describe'> & Pick<MatrixRow, 'number' | 'expected'> & { readonly tells: string },
  run: NonNullable<MatrixRow['alone']>,
): Fault => ({
  name: about.name,
  describe: about.describe,
  tell: () => about.tells,
  needs: ['mysql', 'kafka'],
  plan: () => [],
  inject: () => Promise.reject(new Error('it needs an environment of its own')),
  row: { number: about.number, expected: about.expected, mixes: false, alone: run },
});
