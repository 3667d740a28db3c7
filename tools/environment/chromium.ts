import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { cached, cacheDirectory } from './cache.ts';
import { findProgram, runCommand } from './command.ts';
import { messageOf } from './environment-error.ts';
import type { Progress } from './progress.ts';

/*
 * A headless Chromium for the tests of pages. On Linux x64 it is the one inside a package of the npm registry, which
 * carries the program and the libraries it needs beside the C library, so nothing is installed; the package is accepted
 * only with the checksum below and none of its scripts is run. Elsewhere, or when it cannot be had, it is the machine's
 * own browser.
 */

const PACKAGE = '@sparticuz/chromium@143.0.4';
const SHA512 = '/6I7uQTRhRDD2/gGPQ1Gkf+Dqk0RYDACPJDZfSzz0OWk4JmUTonNHPXbrn6UIklOHlnDLf8xAAzkOZKB/cJpLA==';
const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;

export interface Browser {
  readonly program: string;
  /** For the environment of its process. */
  readonly env: Readonly<Record<string, string>>;
}

const inflate = async (from: string, to: string): Promise<void> =>
  pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));

/** Downloads and unpacks into `directory`: the program `chromium` and its libraries in `lib`. */
const unpackInto = async (directory: string, progress: Progress): Promise<void> => {
  const parts = `${directory}.parts`;
  await rm(parts, { recursive: true, force: true });
  await mkdir(parts, { recursive: true });
  await mkdir(directory, { recursive: true });
  progress('chromium: downloading a headless browser for the tests of pages (67 MB, once)');
  await runCommand('npm', ['pack', PACKAGE, '--silent', '--pack-destination', parts], { timeoutMs: 300_000 });
  const [archive] = (await readdir(parts)).filter((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm did not bring ${PACKAGE}`);
  const sum = createHash('sha512')
    .update(await readFile(join(parts, archive)))
    .digest('base64');
  if (sum !== SHA512) throw new Error(`${PACKAGE} has checksum ${sum}, expected ${SHA512}: not used`);
  await runCommand('tar', ['-xzf', join(parts, archive), '-C', parts]);
  const bin = join(parts, 'package/bin');
  await inflate(join(bin, 'chromium.br'), join(directory, 'chromium'));
  await inflate(join(bin, 'al2023.tar.br'), join(parts, 'libraries.tar'));
  await runCommand('tar', ['-xf', join(parts, 'libraries.tar'), '-C', directory]);
  await chmod(join(directory, 'chromium'), 0o755);
  await rm(parts, { recursive: true });
};

const packaged = async (progress: Progress): Promise<Browser> => {
  const path = join(cacheDirectory(), `chromium-${PACKAGE.split('@').at(-1) ?? ''}`);
  const directory = await cached(path, progress, (unfinished) => unpackInto(unfinished, progress));
  const program = join(directory, 'chromium');
  const env = { LD_LIBRARY_PATH: join(directory, 'lib') };
  await runCommand(program, ['--version'], { env: { ...process.env, ...env }, timeoutMs: 30_000 });
  return { program, env };
};

const installed = async (): Promise<Browser | undefined> => {
  for (const name of INSTALLED) {
    const program = await findProgram(name);
    if (program !== undefined) return { program, env: {} };
  }
  return undefined;
};

/** A browser that runs here, or a plain sentence that says why there is none. */
export const obtainBrowser = async (progress: Progress): Promise<Browser | string> => {
  const reasons: string[] = [];
  if (process.platform === 'linux' && process.arch === 'x64')
    try {
      return await packaged(progress);
    } catch (cause) {
      reasons.push(messageOf(cause));
    }
  else reasons.push(`no packaged one for ${process.platform} ${process.arch}`);
  return (await installed()) ?? `no browser: ${reasons.join('; ')}; none of ${INSTALLED.join(', ')} is on the PATH`;
};
