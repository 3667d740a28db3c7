import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Polls until `condition` holds; fails after `withinMs`. */
export const eventually = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    await pause(20);
  }
};

/** The run directories below `base`. */
export const runDirectories = async (base: string): Promise<readonly string[]> =>
  (await readdir(base).catch(() => [])).filter((name) => name.startsWith('run-'));
