import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '../environment/command.ts';

const copyInto = async (root: string, file: string, place = file): Promise<void> => {
  await mkdir(dirname(join(root, place)), { recursive: true });
  await copyFile(file, join(root, place));
};

/** Copies the libraries that a program or library of this machine loads, its loader included, to the same places below `root`. */
export const addLibrariesOf = async (root: string, file: string): Promise<void> => {
  const listed = await runCommand('ldd', [file]);
  const paths = [...listed.matchAll(/^\s+(?:\S+ => )?(\/\S+) \(0x/gm)].flatMap(([, path]) => path ?? []);
  for (const path of paths) await copyInto(root, path);
};

/** Copies a program of this machine to `place` below `root`, with all that it needs to run there. */
export const addProgram = async (root: string, file: string, place: string): Promise<void> => {
  await copyInto(root, file, place);
  await addLibrariesOf(root, file);
};
