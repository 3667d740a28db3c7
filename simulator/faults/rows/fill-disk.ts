import { open, statfs } from 'node:fs/promises';
import type { Sighting } from '../fault.ts';

const CHUNK = Buffer.alloc(65_536);
const BLOCK_BYTES = 4_096;

const isFull = (cause: unknown): boolean => cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC';

/** Writes into `path` until its disk takes no more, and tells what is free then. */
export const fillDisk = async (path: string): Promise<Sighting> => {
  const file = await open(path, 'a');
  try {
    for (let size = CHUNK.length; size >= BLOCK_BYTES;)
      try {
        await file.write(CHUNK, 0, size);
      } catch (cause) {
        if (!isFull(cause)) throw cause;
        size /= 2;
      }
  } finally {
    await file.close();
  }
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  return { what: `the disk was full (${free} bytes free)`, holds: free < CHUNK.length };
};
