import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';

/*
 * A lock between processes: a directory that only one of them can create. Its holder renews the directory's time; a lock
 * that nobody renewed for STALE_MS is left over from a process that died and is taken away.
 *
 * Guarantee: while its holder renews in time, nobody else gets in. Non-guarantee: a holder that was suspended for longer
 * loses the lock without noticing. Callers therefore publish what they made by an atomic rename; the lock only saves two
 * processes from doing the same work.
 */

const RENEW_MS = 1_000;
const STALE_MS = 15_000;
const RETRY_MS = 100;

const ageOf = async (path) => {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const tryCreate = async (path) => {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
};

/** Two processes may see the same stale lock; the one that moved a live lock by mistake puts it back. */
const removeStale = async (path) => {
  const aside = `${path}.stale-${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const age = await ageOf(aside);
  if (age !== undefined && age < STALE_MS) await rename(aside, path).catch(() => undefined);
  await rm(aside, { recursive: true, force: true });
};

/**
 * Runs `work` while holding the lock at `path`. `onWait` is called once when another process holds it.
 *
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait]
 * @returns {Promise<T>}
 */
export const withDirectoryLock = async (path, work, onWait = () => undefined) => {
  await mkdir(dirname(path), { recursive: true });
  let waited = false;
  while (!(await tryCreate(path))) {
    const age = await ageOf(path);
    if (age !== undefined && age > STALE_MS) await removeStale(path);
    else {
      if (!waited) onWait();
      waited = true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  const renewing = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, RENEW_MS);
  try {
    return await work();
  } finally {
    clearInterval(renewing);
    await rm(path, { recursive: true, force: true });
  }
};
