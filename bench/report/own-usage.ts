import { SERVERS } from '../measurements/drain.ts';
import type { UsageDuring } from '../observe/usage-between.ts';

/** What a system used in all its processes together, without MySQL and Kafka; undefined where nothing was told. */
export const ownUsage = (usage: readonly UsageDuring[]): Omit<UsageDuring, 'name'> | undefined => {
  const own = usage.filter(({ name }) => !SERVERS.includes(name));
  if (own.length === 0) return undefined;
  return {
    cpuSeconds: own.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMegabytes: own.reduce((sum, { peakMegabytes }) => sum + peakMegabytes, 0),
  };
};
