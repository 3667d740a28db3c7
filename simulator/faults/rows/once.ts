import type { FaultPlanOptions, Track } from '../fault.ts';

/** One injection, when about a quarter of the load has arrived. */
export const once =
  (kind: string, target: string, lastsMs: number) =>
  ({ random, loadMs }: FaultPlanOptions): readonly Track[] => [
    [{ kind, target, waitMs: Math.round(loadMs * (0.2 + 0.1 * random.unit())), lastsMs }],
  ];
