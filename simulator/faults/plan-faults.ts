import { seeded } from '../workload/seeded.ts';
import { DEFAULT_OUTAGE_MS } from './broker-outage.ts';
import type { Fault, Track } from './fault.ts';

export interface FaultScheduleOptions {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly loadMs: number;
  /** How long a long outage lasts; a minute unless told. */
  readonly outageMs?: number | undefined;
  readonly relays: number;
}

/** When what breaks: a pure function. Each fault has a stream of its own, so adding one does not move another. */
export const planFaults = ({
  seed,
  faults,
  loadMs,
  relays,
  outageMs = DEFAULT_OUTAGE_MS,
}: FaultScheduleOptions): readonly Track[] =>
  faults.flatMap((fault) => fault.plan({ random: seeded(seed, `fault/${fault.name}`), loadMs, relays, outageMs }));
