import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { withDirectoryLock } from '../directory-lock.mjs';
import type { Progress } from './progress.ts';

/**
 * Where downloads and prepared data are kept, outside the checkout so that several clones share them: `ORDERLY_CACHE`,
 * else `orderly` in `XDG_CACHE_HOME`, else in `~/.cache`.
 */
export const cacheDirectory = (): string => {
  const own = process.env['ORDERLY_CACHE'];
  if (own !== undefined && own !== '') return resolve(own);
  const shared = process.env['XDG_CACHE_HOME'];
  return join(shared !== undefined && shared !== '' ? resolve(shared) : join(homedir(), '.cache'), 'orderly');
};

export const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
};

/**
 * A path in the cache, made by `make` when it is not there yet. `make` builds it at a path beside it, which is renamed
 * into place when complete: what exists in the cache is always whole. Two processes at once share one making.
 */
export const cached = async (
  path: string,
  progress: Progress,
  make: (unfinished: string) => Promise<void>,
): Promise<string> => {
  if (await exists(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  await withDirectoryLock(
    `${path}.lock`,
    async () => {
      if (await exists(path)) return;
      const unfinished = `${path}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      await make(unfinished);
      await rename(unfinished, path);
    },
    () => progress(`waiting for another process that prepares ${basename(path)}`),
  );
  return path;
};
