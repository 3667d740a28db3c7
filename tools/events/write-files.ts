import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file as it shall be, below the root of the checkout. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
  /** What it was when it was read; undefined for a file that must not be there. */
  readonly before: string | undefined;
}

const STAGED = '.order-event-new';

/**
 * Writes all files or none: a file that has changed since it was read, or that appeared meanwhile, is left alone and
 * what was written before it is taken back.
 */
export const writeFiles = async (root: string, files: readonly PlannedFile[]): Promise<void> => {
  const done: PlannedFile[] = [];
  try {
    for (const file of files) {
      const path = join(root, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path + STAGED, file.text);
    }
    for (const file of files) {
      const path = join(root, file.path);
      if (file.before === undefined) await link(path + STAGED, path);
      else if ((await readFile(path, 'utf8')) === file.before) await rename(path + STAGED, path);
      else throw new Error(`${file.path} was changed by someone else meanwhile`);
      done.push(file);
    }
  } catch (error) {
    for (const { path, before } of done)
      await (before === undefined ? rm(join(root, path)) : writeFile(join(root, path), before));
    throw error;
  } finally {
    for (const { path } of files) await rm(join(root, path) + STAGED, { force: true });
  }
};
