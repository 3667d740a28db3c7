import { copyFile, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import ts from 'typescript';
import { ROOT } from '../environment/checkout.ts';
import { runCommand } from '../environment/command.ts';
import { KIT_ENTRIES, RootManifest, kitManifest } from './manifest.ts';
import { runNpm } from './npm.ts';

const MIGRATIONS = 'infrastructure/mysql-consumer/migrations';

/**
 * Packs the consumer kit into folder `into` and answers the path of the tarball. Node runs no TypeScript below
 * node_modules, so the package holds JavaScript and declarations: of the kit's two entries and of what they import,
 * nothing else; beside them the migrations of the inbox.
 */
export const packKit = async (into: string): Promise<string> => {
  const work = await mkdtemp(join(tmpdir(), 'orderly-kit-'));
  try {
    const compiled = join(work, 'dist');
    await compile(work, compiled);
    await cp(join(ROOT, 'src', MIGRATIONS), join(compiled, MIGRATIONS), { recursive: true });
    const manifest = kitManifest(await readRootManifest(), await packagesImportedBy(compiled));
    await writeFile(join(work, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await copyFile(join(ROOT, 'LICENSE'), join(work, 'LICENSE'));
    await copyFile(join(ROOT, 'docs/consumer-kit.md'), join(work, 'README.md'));
    await mkdir(into, { recursive: true });
    const packed = await runNpm(work, ['pack', '--ignore-scripts', '--loglevel=error', `--pack-destination=${into}`]);
    return join(into, packed.trim());
  } finally {
    await rm(work, { recursive: true });
  }
};

const compile = async (work: string, outDir: string): Promise<void> => {
  const project = join(work, 'tsconfig.json');
  const settings = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rootDir: join(ROOT, 'src'),
      outDir,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    files: Object.values(KIT_ENTRIES).map((file) => join(ROOT, 'src', `${file}.ts`)),
    include: [],
  };
  await writeFile(project, JSON.stringify(settings));
  await runCommand(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project]);
  await rm(project);
};

const readRootManifest = async (): Promise<RootManifest> => {
  const manifest = RootManifest.decode(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')));
  if (E.isLeft(manifest)) throw new Error('package.json lacks what the package of the kit takes over from it');
  return manifest.right;
};

/** `@scope/name` or `name` of `@scope/name/lib/file.js`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const packagesImportedBy = async (directory: string): Promise<readonly string[]> => {
  const names = new Set<string>();
  for (const file of await readdir(directory, { recursive: true })) {
    if (!/\.(js|d\.ts)$/.test(file)) continue;
    const { importedFiles } = ts.preProcessFile(await readFile(join(directory, file), 'utf8'));
    for (const { fileName } of importedFiles)
      if (!fileName.startsWith('.') && !isBuiltin(fileName)) names.add(packageOf(fileName));
  }
  return [...names].sort();
};
