import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheDirectory, exists } from './cache.ts';
import { findProgram, runCommand } from './command.ts';
import { KEYRING, writeAptState } from './debian-packages.ts';
import { messageOf } from './environment-error.ts';
import type { Progress } from './progress.ts';

/*
 * Prometheus' own checker of metrics, rules and configurations: the machine's, or the one out of the package that the
 * machine's own Debian suite has, unpacked into the cache.
 */

const suiteOf = (osRelease: string): string | undefined => /^VERSION_CODENAME=(\w+)$/m.exec(osRelease)?.[1];

const unpackInto = async (directory: string, suite: string, progress: Progress): Promise<void> => {
  const state = `${directory}.downloads`;
  const env = await writeAptState(state, suite);
  progress('promtool: downloading the package prometheus of this Debian (19 MB, once)');
  await runCommand('apt-get', ['-qq', 'update'], { env });
  await runCommand('apt-get', ['-qq', 'download', 'prometheus'], { env, cwd: join(state, 'debs') });
  const [file] = await readdir(join(state, 'debs'));
  if (file === undefined) throw new Error('apt brought no package prometheus');
  await runCommand('dpkg-deb', ['--extract', join(state, 'debs', file), join(state, 'unpacked')]);
  await mkdir(directory, { recursive: true });
  await copyFile(join(state, 'unpacked/usr/bin/promtool'), join(directory, 'promtool'));
  await rm(state, { recursive: true, force: true });
};

const packaged = async (progress: Progress): Promise<string> => {
  const suite = suiteOf(await readFile('/etc/os-release', 'utf8'));
  if (suite === undefined || !(await exists(KEYRING))) throw new Error('this is no Debian');
  const path = join(cacheDirectory(), `promtool-${suite}-${process.arch}`);
  const program = join(
    await cached(path, progress, (unfinished) => unpackInto(unfinished, suite, progress)),
    'promtool',
  );
  await runCommand(program, ['--version']);
  return program;
};

/** A promtool that runs here, or a plain sentence that says why there is none. */
export const obtainPromtool = async (progress: Progress): Promise<{ readonly program: string } | string> => {
  const installed = await findProgram('promtool');
  if (installed !== undefined) return { program: installed };
  try {
    return { program: await packaged(progress) };
  } catch (cause) {
    return `no promtool: ${messageOf(cause)}`;
  }
};
