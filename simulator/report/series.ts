import type { Evidence } from '../checker/evidence.ts';
import { percentile } from '../checker/facts/distribution.ts';
import { systemFaults } from '../checker/facts/faults.ts';
import { DELAY_GROUPS } from '../checker/measurements.ts';
import type { Measurements } from '../checker/measurements.ts';
import { faultName } from './run-report.ts';

/** Columns of one chart: seconds since the start first, then one column per line; null where there is nothing to draw. */
export type Columns = readonly (readonly (number | null)[])[];

export interface Series {
  /** Milliseconds per point. */
  readonly bucketMs: number;
  /** p50, p95, p99, max of events created in the bucket, ms. */
  readonly publishDelay: Columns;
  readonly endToEnd: Columns;
  /** Per second: orders placed, events committed, records in the log. */
  readonly throughput: Columns;
  /** Waiting, held, quarantined. */
  readonly backlog: Columns;
  /** Faults of processes; those of single records hit the rest of the run in no way. */
  readonly faults: readonly {
    /** Position among all faults of the run, from 1. */
    readonly number: number;
    readonly from: number;
    readonly to: number;
    readonly healed: boolean;
    readonly label: string;
  }[];
  /** Width of all charts. */
  readonly spanSeconds: number;
}

const MAX_POINTS = 120;
const STEPS_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 3_600_000];

const bucketFor = (spanMs: number): number => STEPS_MS.find((step) => spanMs / step <= MAX_POINTS) ?? 86_400_000;

type Moments = Float64Array;
const RELEASED = DELAY_GROUPS.indexOf('released');

/** Charts of a run. Events that were quarantined or held are left out of the delays. */
export const seriesOf = (evidence: Evidence, measured: Measurements): Series => {
  const { delays, placedAt, appendedAt } = measured;
  const from = evidence.run.startedAt;
  const latestOf = (moments: Moments, before: number): number =>
    moments.reduce((last, at) => Math.max(last, at), before);
  const healedAt = Float64Array.from(evidence.faults.rows, (fault) => fault.healedAt ?? fault.at);
  const latest = [delays.createdAt, appendedAt, healedAt].reduce((last, at) => latestOf(at, last), from + 1_000);
  const to = Math.max(from + 1_000, Math.min(evidence.run.finishedAt, latest + 3_000));
  const bucketMs = bucketFor(to - from);
  const buckets = Math.ceil((to - from) / bucketMs);
  const times = Array.from({ length: buckets }, (_, index) => ((index + 0.5) * bucketMs) / 1_000);
  const bucketOf = (at: number): number => Math.floor((at - from) / bucketMs);

  const counts = (moments: Moments): number[] => {
    const sums = new Array<number>(buckets).fill(0);
    for (const at of moments) {
      const bucket = bucketOf(at);
      if (bucket >= 0 && bucket < buckets) sums[bucket] = (sums[bucket] ?? 0) + 1;
    }
    return sums.map((sum) => (sum * 1_000) / bucketMs);
  };

  const percentiles = (ms: Moments): Columns => {
    const groups = Array.from({ length: buckets }, (): number[] => []);
    ms.forEach((value, index) => {
      if (Number.isNaN(value) || delays.group[index] === RELEASED) return;
      groups[bucketOf(delays.createdAt[index] ?? NaN)]?.push(value);
    });
    const sorted = groups.map((group) => Float64Array.from(group).sort());
    const line = (share: number): (number | null)[] =>
      sorted.map((group) => (group.length === 0 ? null : percentile(group, share)));
    return [times, line(0.5), line(0.95), line(0.99), line(1)];
  };

  const allFaults = [...evidence.faults.rows].sort((a, b) => a.at - b.at);
  const samples = evidence.backlog.rows.filter(({ at }) => at >= from && at <= to);
  return {
    bucketMs,
    publishDelay: percentiles(delays.publishMs),
    endToEnd: percentiles(delays.endToEndMs),
    throughput: [times, counts(placedAt), counts(delays.createdAt), counts(appendedAt)],
    backlog: [
      samples.map(({ at }) => (at - from) / 1_000),
      samples.map(({ pending }) => pending),
      samples.map(({ held }) => held),
      samples.map(({ quarantined }) => quarantined),
    ],
    faults: systemFaults(evidence).map((fault) => ({
      number: allFaults.indexOf(fault) + 1,
      from: (fault.at - from) / 1_000,
      to: (Math.min(fault.healedAt ?? to, to) - from) / 1_000,
      healed: fault.healedAt !== null,
      label: faultName(fault),
    })),
    spanSeconds: (to - from) / 1_000,
  };
};
