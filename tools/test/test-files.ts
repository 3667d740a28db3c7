import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ROOT } from '../environment/checkout.ts';
import { isMochaKind, KINDS, MOCHA_KINDS, type MochaKind } from './kinds.ts';

/** All files `test/**\/*.test.ts`, as paths below the root of the checkout with `/`. */
const allTestFiles = async (): Promise<readonly string[]> => {
  const names = await readdir(join(ROOT, 'test'), { recursive: true }).catch(() => []);
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name.split(sep).join('/')}`)
    .sort();
};

const belongsTo = (file: string, kind: MochaKind): boolean =>
  MOCHA_KINDS[kind].folders.some((folder) => file.startsWith(`test/${folder}/`));

export const testFilesOf = async (kind: MochaKind): Promise<readonly string[]> =>
  (await allTestFiles()).filter((file) => belongsTo(file, kind));

/** Test files in a folder that no kind has: `npm test` would never run them. */
export const strayTestFiles = async (): Promise<readonly string[]> => {
  const kinds = KINDS.filter(isMochaKind);
  return (await allTestFiles()).filter((file) => !kinds.some((kind) => belongsTo(file, kind)));
};
