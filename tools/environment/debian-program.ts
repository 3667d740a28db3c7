import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cached, cacheDirectory, exists } from './cache.ts';
import { findProgram, runCommand } from './command.ts';
import { KEYRING, writeAptState } from './debian-packages.ts';
import { messageOf } from './environment-error.ts';
import type { Progress } from './progress.ts';

/** One program out of one package of Debian, which needs nothing beside the libraries that this machine has. */
export interface DebianProgram {
  readonly packageName: string;
  /** Below the root, as the package has it. */
  readonly file: string;
  /** The machine's own unless told. */
  readonly suite?: string;
  /** With what it tells its version: to see that it runs here. */
  readonly versionArgs: readonly string[];
  /** Of the download, for people. */
  readonly size: string;
}

const suiteOf = (osRelease: string): string | undefined => /^VERSION_CODENAME=(\w+)$/m.exec(osRelease)?.[1];

const unpackInto = async (
  directory: string,
  suite: string,
  { packageName, file, size }: DebianProgram,
  progress: Progress,
): Promise<void> => {
  const state = `${directory}.downloads`;
  const env = await writeAptState(state, suite);
  progress(`${basename(file)}: downloading the package ${packageName} of Debian ${suite} (${size}, once)`);
  await runCommand('apt-get', ['-qq', 'update'], { env });
  await runCommand('apt-get', ['-qq', 'download', packageName], { env, cwd: join(state, 'debs') });
  const [fetched] = await readdir(join(state, 'debs'));
  if (fetched === undefined) throw new Error(`apt brought no package ${packageName}`);
  await runCommand('dpkg-deb', ['--extract', join(state, 'debs', fetched), join(state, 'unpacked')]);
  await mkdir(directory, { recursive: true });
  await copyFile(join(state, 'unpacked', file), join(directory, basename(file)));
  await rm(state, { recursive: true, force: true });
};

/** The path of the program in the cache, unpacked once. @throws when it cannot be had, or does not run here. */
export const obtainDebianProgram = async (wanted: DebianProgram, progress: Progress): Promise<string> => {
  const suite = wanted.suite ?? suiteOf(await readFile('/etc/os-release', 'utf8'));
  if (suite === undefined || !(await exists(KEYRING))) throw new Error('this is no Debian');
  const name = basename(wanted.file);
  const directory = await cached(join(cacheDirectory(), `${name}-${suite}-${process.arch}`), progress, (unfinished) =>
    unpackInto(unfinished, suite, wanted, progress),
  );
  const program = join(directory, name);
  await runCommand(program, wanted.versionArgs);
  return program;
};

/** The machine's own program, or that of Debian, unpacked into the cache; or a plain sentence that says why there is none. */
export const obtainProgram = async (
  wanted: DebianProgram,
  progress: Progress,
): Promise<{ readonly program: string } | string> => {
  const name = basename(wanted.file);
  const installed = await findProgram(name);
  if (installed !== undefined) return { program: installed };
  try {
    return { program: await obtainDebianProgram(wanted, progress) };
  } catch (cause) {
    return `no ${name}: ${messageOf(cause)}`;
  }
};
