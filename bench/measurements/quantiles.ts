import { build } from 'hdr-histogram-js';

/** Milliseconds. */
export interface Quantiles {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

const MICROS = 1_000;
const HIGHEST_MS = 3_600_000;

/** Of delays in milliseconds; negative ones count as none: clocks are read a little later than things happen. */
export const quantilesOf = (delays: readonly number[]): Quantiles => {
  const histogram = build({ highestTrackableValue: HIGHEST_MS * MICROS, numberOfSignificantValueDigits: 3 });
  let sum = 0;
  let max = 0;
  for (const delay of delays) {
    const ms = Math.max(0, delay);
    histogram.recordValue(Math.round(ms * MICROS));
    sum += ms;
    max = Math.max(max, ms);
  }
  const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / MICROS;
  return {
    count: delays.length,
    mean: delays.length === 0 ? 0 : sum / delays.length,
    p50: at(50),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max,
  };
};
