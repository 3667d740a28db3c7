import type { BenchResult } from '../../bench/bench-result.ts';
import type { FlatRun, Table } from '../../bench/measurements/flat.ts';
import { quantilesOf } from '../../bench/measurements/quantiles.ts';

/* Runs as they might have been, for what is made of them. */

export const whole = { events: 1, missing: 0, duplicates: 0, disorder: 0 };

export const drained = (system: string, eventsPerSecond: number): BenchResult['drain'][number] => ({
  system,
  eventsPerSecond,
  delivery: whole,
  logBytesPerEvent: 700,
  usage: [{ name: system, cpuSeconds: 3, peakMegabytes: 120 }],
});

export const delayed = (
  system: string,
  ratePerSecond: number,
  delays: readonly number[],
): BenchResult['latency'][number] => ({
  system,
  ratePerSecond,
  publish: quantilesOf(delays),
  fromDue: quantilesOf(delays),
  purgedRows: 0,
  delivery: whole,
  usage: [],
});

export const flatRun = (table: Table, drainPerSecond: number, delay: number): FlatRun => ({
  table,
  rows: 0,
  drainPerSecond,
  ratePerSecond: 600,
  publish: quantilesOf([delay]),
  deliveries: [whole],
});

export const resultOf = (runs: Partial<BenchResult>): BenchResult => ({
  version: 1,
  startedAt: '2026-01-31T09:30:00.000Z',
  machine: { node: 'v20', cpu: 'a <fast> one', cores: 2, memoryGigabytes: 8, platform: 'linux' },
  figures: [],
  drain: [],
  latency: [],
  flat: [],
  consume: [],
  idle: [],
  orders: [],
  takeover: [],
  ...runs,
});
