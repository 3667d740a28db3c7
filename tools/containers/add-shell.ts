import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the scripts of the local images call. */
const APPLETS = ['sh', 'env', 'awk', 'cat', 'head', 'nc'];

/** Puts a shell with a few commands below `root`, out of the static busybox of `tools`, and somewhere to write. */
export const addShell = async (root: string, tools: string): Promise<void> => {
  for (const directory of ['bin', 'tmp', 'etc']) await mkdir(join(root, directory), { recursive: true });
  await chmod(join(root, 'tmp'), 0o1777);
  await copyFile(join(tools, 'bin/busybox'), join(root, 'bin/busybox'));
  for (const name of APPLETS) await symlink('busybox', join(root, 'bin', name));
};

/** Writes a program for that shell. */
export const addScript = async (root: string, place: string, text: string): Promise<void> => {
  await mkdir(join(root, place, '..'), { recursive: true });
  await writeFile(join(root, place), text, { mode: 0o755 });
};
