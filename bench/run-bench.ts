import { mkdir } from 'node:fs/promises';
import { cpus, totalmem, version as osVersion } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { BenchOptions } from './bench-options.ts';
import type { BenchResult, BenchRuns, Machine } from './bench-result.ts';
import { measureConsume, type ConsumeRun } from './measurements/consume.ts';
import { measureDrain, measureRawProducer, type DrainRun } from './measurements/drain.ts';
import { measureFlat, TABLES, type FlatRun } from './measurements/flat.ts';
import { measureIdle, type IdleRun } from './measurements/idle.ts';
import { measureLatency, type LatencyRun } from './measurements/latency.ts';
import { measureOrders, type OrdersRun } from './measurements/orders.ts';
import { measureTakeover } from './measurements/takeover.ts';
import { figuresOf } from './report/figures.ts';
import type { BenchEnvironmentOptions } from './systems/bench-environment.ts';
import { PEERS } from './peers/peers.ts';
import { besideOldRows } from './systems/beside-old-rows.ts';
import { naiveRelay } from './systems/naive-relay.ts';
import { ourApplication } from './systems/our-application.ts';
import { ourImageRelay } from './systems/our-image-relay.ts';
import { ourPollingRelay, ourRelay, ourRelays } from './systems/our-relay.ts';
import type { BenchSystem } from './systems/system.ts';

const OWN: readonly BenchSystem[] = [ourRelay, naiveRelay];
/** How a relay hears of commits makes no difference to a backlog. */
const HEARING: readonly BenchSystem[] = [ourApplication, ourPollingRelay];
const IDLE_SECONDS = 20;
const ORDER_ROUNDS = 6;
/** In each of its three parts. */
const TAKEOVER_EVENTS = 5_000;

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
  const flat: FlatRun[] = [];
  const consume: ConsumeRun[] = [];
  const idle: IdleRun[] = [];
  const orders: OrdersRun[] = [];
  const asked = new Set(options.measurements);
  const compared = [...OWN, ...(options.peers ? PEERS : [])];
  const delayed = [...compared, ...HEARING, ...(options.purging ? besideOldRows(options.completed) : [])];
  const drained = [...compared, ourImageRelay, ...(options.relays > 1 ? [ourRelays(options.relays)] : [])];
  for (let run = 1; run <= options.runs; run += 1) {
    const turned = <A>(items: readonly A[]): readonly A[] => (run % 2 === 1 ? items : items.toReversed());
    if (asked.has('drain')) {
      for (const system of turned(drained))
        drain.push(
          await measureDrain(
            system,
            Math.min(options.events, system.atMost ?? options.events),
            await inFolder(`drain-${system.name}-${run}`),
          ),
        );
      drain.push(await measureRawProducer(options.events, await inFolder(`drain-kafkajs-${run}`)));
    }
    if (asked.has('latency'))
      for (const ratePerSecond of options.rates)
        for (const system of turned(delayed))
          latency.push(
            await measureLatency(
              system,
              { ratePerSecond, seconds: options.seconds },
              await inFolder(`latency-${ratePerSecond}-${system.name}-${run}`),
            ),
          );
    if (asked.has('flat'))
      for (const table of turned(TABLES))
        flat.push(
          await measureFlat(
            table,
            { ...options, ratePerSecond: Math.max(...options.rates) },
            await inFolder(`flat-${table}-${run}`),
          ),
        );
    if (asked.has('consume')) {
      const relay = asked.has('drain')
        ? drain.findLast(({ system }) => system === ourRelay.name)
        : await measureDrain(ourRelay, options.events, await inFolder(`consume-drain-${run}`));
      consume.push(
        await measureConsume(options.events, relay?.eventsPerSecond ?? Number.NaN, await inFolder(`consume-${run}`)),
      );
    }
    if (asked.has('orders'))
      for (const relay of [false, true])
        orders.push(
          await measureOrders(relay, ORDER_ROUNDS, await inFolder(`orders-${relay ? 'relay' : 'alone'}-${run}`)),
        );
  }
  if (asked.has('idle'))
    for (const system of [...OWN, ourApplication])
      idle.push(await measureIdle(system, IDLE_SECONDS, await inFolder(`idle-${system.name}`)));
  const takeover = asked.has('takeover') ? [await measureTakeover(TAKEOVER_EVENTS, await inFolder('takeover'))] : [];
  const runs: BenchRuns = { drain, latency, flat, consume, idle, orders, takeover };
  return { version: 1, startedAt, machine: machine(), figures: figuresOf(runs), ...runs };
};
