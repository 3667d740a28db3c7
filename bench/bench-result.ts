import type { ConsumeRun } from './measurements/consume.ts';
import type { DrainRun } from './measurements/drain.ts';
import type { FlatRun } from './measurements/flat.ts';
import type { IdleRun } from './measurements/idle.ts';
import type { LatencyRun } from './measurements/latency.ts';
import type { OrdersRun } from './measurements/orders.ts';
import type { TakeoverRun } from './measurements/takeover.ts';
import type { Figure } from './report/figure.ts';

/** Where it was measured; figures of different machines do not compare, ratios do. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly platform: string;
}

/** Every single run, in the order in which they were made. */
export interface BenchRuns {
  readonly drain: readonly DrainRun[];
  readonly latency: readonly LatencyRun[];
  readonly flat: readonly FlatRun[];
  readonly consume: readonly ConsumeRun[];
  readonly idle: readonly IdleRun[];
  readonly orders: readonly OrdersRun[];
  readonly takeover: readonly TakeoverRun[];
}

/** Content of bench.json. */
export interface BenchResult extends BenchRuns {
  readonly version: 1;
  /** RFC 3339 UTC. */
  readonly startedAt: string;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
}
