import { readFile } from 'node:fs/promises';

/** What a process used, as Linux tells it. */
export interface Usage {
  /** Seconds of one core, since the process began. */
  readonly cpuSeconds: number;
  /** Most memory resident at any time so far, megabytes. */
  readonly peakMegabytes: number;
}

/** Linux counts in hundredths of a second on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Undefined where /proc does not tell, or when the process is gone. */
export const usageOf = async (pid: number): Promise<Usage | undefined> => {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
    const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
    if (Number.isNaN(ticks) || Number.isNaN(peak)) return undefined;
    return { cpuSeconds: ticks / TICKS_PER_SECOND, peakMegabytes: peak / 1_024 };
  } catch {
    return undefined;
  }
};
