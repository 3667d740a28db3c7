import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './environment/checkout.ts';
import { runCommand } from './environment/command.ts';

export interface Compilation {
  /** Below the root of the checkout; what they import is compiled with them. */
  readonly files: readonly string[];
  /** Below the root of the checkout; files keep their place below it. */
  readonly rootDir: string;
  readonly outDir: string;
  readonly declaration: boolean;
  /** Exists; the settings of the compiler lie here meanwhile. */
  readonly work: string;
}

/** Writes the sources as JavaScript, checked as strictly as ever. */
export const compileSources = async (what: Compilation): Promise<void> => {
  const project = join(what.work, 'tsconfig.json');
  const settings = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: what.declaration,
      rootDir: join(ROOT, what.rootDir),
      outDir: what.outDir,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    files: what.files.map((file) => join(ROOT, file)),
    include: [],
  };
  await writeFile(project, JSON.stringify(settings));
  await runCommand(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project]);
  await rm(project);
};
