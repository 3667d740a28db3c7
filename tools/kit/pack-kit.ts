import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { compileSources } from '../compile-sources.ts';
import { ROOT } from '../environment/checkout.ts';
import { packagesImportedBy } from '../packages-imported-by.ts';
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
    await compileSources({
      files: Object.values(KIT_ENTRIES).map((file) => `src/${file}.ts`),
      rootDir: 'src',
      outDir: compiled,
      declaration: true,
      work,
    });
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

const readRootManifest = async (): Promise<RootManifest> => {
  const manifest = RootManifest.decode(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')));
  if (E.isLeft(manifest)) throw new Error('package.json lacks what the package of the kit takes over from it');
  return manifest.right;
};
