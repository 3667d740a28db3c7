import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { compileSources } from '../compile-sources.ts';
import { ROOT } from '../environment/checkout.ts';
import { RootManifest } from '../kit/manifest.ts';
import { packagesImportedBy } from '../packages-imported-by.ts';
import { packageClosure } from './package-closure.ts';

const ENTRIES = [
  'src/main.ts',
  'src/order.ts',
  'simulator/participants/payment/main.ts',
  'simulator/participants/shipping/main.ts',
];
/** Files that are no code: statements that programs read when they migrate. */
const MIGRATIONS = [
  'src/infrastructure/mysql/migrations',
  'src/infrastructure/mysql-consumer/migrations',
  'simulator/participants/payment/migrations',
  'simulator/participants/shipping/migrations',
];
/** What browsers run, as it is. */
const PAGES = ['src/interfaces/console/page'];
/** Packages that are served to browsers; no program imports them. */
const SERVED = ['lit-html', 'uplot'];
/** Only people and compilers read these. */
const NOT_RUN = /\.([cm]?ts|map)$/;
/** A package's own tests, directly below it. */
const TESTS = /^\/tests?(\/|$)/;

const readRootManifest = async (): Promise<RootManifest> => {
  const manifest = RootManifest.decode(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')));
  if (E.isLeft(manifest)) throw new Error('package.json lacks what the image takes over from it');
  return manifest.right;
};

const copyPackages = async (app: string): Promise<void> => {
  for (const place of await packageClosure(ROOT, [...(await packagesImportedBy(app)), ...SERVED])) {
    const from = join(ROOT, place);
    // A package below another one is copied for itself, if at all.
    const isWanted = (path: string): boolean =>
      !path.slice(from.length).includes('/node_modules') && !TESTS.test(path.slice(from.length)) && !NOT_RUN.test(path);
    await cp(from, join(app, place), { recursive: true, dereference: true, filter: isWanted });
  }
};

/**
 * Makes in `app`, which must not be there yet, all that the image holds beside Node: the service, payment and shipping as JavaScript, their
 * migrations, the console's page, and of the installed packages those that are imported or served. No compiler, no tsx, no tests.
 */
export const buildImageRoot = async (app: string): Promise<void> => {
  await mkdir(app, { recursive: false });
  const work = await mkdtemp(join(tmpdir(), 'orderly-image-'));
  try {
    await compileSources({ files: ENTRIES, rootDir: '.', outDir: app, declaration: false, work });
  } finally {
    await rm(work, { recursive: true });
  }
  await copyPackages(app);
  for (const directory of [...MIGRATIONS, ...PAGES])
    await cp(join(ROOT, directory), join(app, directory), { recursive: true });
  for (const file of ['start.mjs', 'healthy.mjs']) await copyFile(join(ROOT, 'deploy/image', file), join(app, file));
  await copyFile(join(ROOT, 'LICENSE'), join(app, 'LICENSE'));
  const { version, license } = await readRootManifest();
  await writeFile(
    join(app, 'package.json'),
    `${JSON.stringify({ name: 'orderly', version, license, type: 'module' })}\n`,
  );
};
