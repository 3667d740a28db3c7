import { readFile, readdir } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';

/** `@scope/name` or `name` of `@scope/name/lib/file.js`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Names of the packages that compiled files and declarations below `directory` import, sorted. */
export const packagesImportedBy = async (directory: string): Promise<readonly string[]> => {
  const names = new Set<string>();
  for (const file of await readdir(directory, { recursive: true })) {
    if (!/\.(js|d\.ts)$/.test(file)) continue;
    const { importedFiles } = ts.preProcessFile(await readFile(join(directory, file), 'utf8'));
    for (const { fileName } of importedFiles)
      if (!fileName.startsWith('.') && !isBuiltin(fileName)) names.add(packageOf(fileName));
  }
  return [...names].sort();
};
