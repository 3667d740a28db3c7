import { mkdir } from 'node:fs/promises';
import { cpus, totalmem, version as osVersion } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { BenchOptions } from './bench-options.ts';
import type { BenchResult, BenchRuns, Machine } from './bench-result.ts';
import { measureDrain, measureRawProducer, type DrainRun } from './measurements/drain.ts';
import { measureIdle, type IdleRun } from './measurements/idle.ts';
import { measureLatency, type LatencyRun } from './measurements/latency.ts';
import { measureOrders, type OrdersRun } from './measurements/orders.ts';
import { figuresOf } from './report/figures.ts';
import type { BenchEnvironmentOptions } from './systems/bench-environment.ts';
import { naiveRelay } from './systems/naive-relay.ts';
import { ourRelay } from './systems/our-relay.ts';
import type { BenchSystem } from './systems/system.ts';

const SYSTEMS: readonly BenchSystem[] = [ourRelay, naiveRelay];
const IDLE_SECONDS = 20;
const ORDER_PAIRS = 6;

const machine = (): Machine => ({
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGigabytes: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${osVersion()}`,
});

/** Runs what was asked for, one measurement at a time, each in an environment of its own. Rounds change the order. */
export const runBench = async (
  options: BenchOptions,
  reportDir: string,
  progress: (line: string) => void,
): Promise<BenchResult> => {
  const startedAt = new Date().toISOString();
  const inFolder = async (name: string): Promise<BenchEnvironmentOptions> => {
    const logDirectory = join(reportDir, 'logs', name);
    await mkdir(logDirectory, { recursive: true });
    return { logDirectory, progress };
  };
  const drain: DrainRun[] = [];
  const latency: LatencyRun[] = [];
  const idle: IdleRun[] = [];
  const orders: OrdersRun[] = [];
  const asked = new Set(options.measurements);
  for (let run = 1; run <= options.runs; run += 1) {
    const systems = run % 2 === 1 ? SYSTEMS : SYSTEMS.toReversed();
    if (asked.has('drain')) {
      for (const system of systems)
        drain.push(await measureDrain(system, options.events, await inFolder(`drain-${system.name}-${run}`)));
      drain.push(await measureRawProducer(options.events, await inFolder(`drain-kafkajs-${run}`)));
    }
    if (asked.has('latency'))
      for (const ratePerSecond of options.rates)
        for (const system of systems)
          latency.push(
            await measureLatency(
              system,
              { ratePerSecond, seconds: options.seconds },
              await inFolder(`latency-${ratePerSecond}-${system.name}-${run}`),
            ),
          );
    if (asked.has('orders'))
      for (const relay of [false, true])
        orders.push(
          await measureOrders(relay, ORDER_PAIRS, await inFolder(`orders-${relay ? 'relay' : 'alone'}-${run}`)),
        );
  }
  if (asked.has('idle'))
    for (const system of SYSTEMS)
      idle.push(await measureIdle(system, IDLE_SECONDS, await inFolder(`idle-${system.name}`)));
  const runs: BenchRuns = { drain, latency, idle, orders };
  return { version: 1, startedAt, machine: machine(), figures: figuresOf(runs), ...runs };
};
