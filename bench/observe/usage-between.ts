import { usageOf } from './process-usage.ts';

/** What one process used during a measurement. */
export interface UsageDuring {
  readonly name: string;
  readonly cpuSeconds: number;
  /** Over the whole life of the process. */
  readonly peakMegabytes: number;
}

/** Reads what the processes have used so far; the answered function tells what they used since. */
export const usageBetween = async (
  processes: ReadonlyMap<string, number>,
): Promise<() => Promise<readonly UsageDuring[]>> => {
  const read = (): Promise<readonly (readonly [string, Awaited<ReturnType<typeof usageOf>>])[]> =>
    Promise.all([...processes].map(async ([name, pid]) => [name, await usageOf(pid)] as const));
  const before = new Map(await read());
  return async () =>
    (await read()).flatMap(([name, after]) => {
      const start = before.get(name);
      if (after === undefined || start === undefined) return [];
      return [{ name, cpuSeconds: after.cpuSeconds - start.cpuSeconds, peakMegabytes: after.peakMegabytes }];
    });
};
