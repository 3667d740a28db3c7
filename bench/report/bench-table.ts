import type { BenchResult } from '../bench-result.ts';
import { sameRoundEmpty, TABLES, type FlatRun, type Table } from '../measurements/flat.ts';
import { median } from '../measurements/median.ts';
import { isWhole, type Delivery } from '../observe/delivery.ts';
import { aligned } from './aligned.ts';
import { ownUsage } from './own-usage.ts';

const round = (value: number, digits = 0): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const grouped = <A>(items: readonly A[], keyOf: (item: A) => string): ReadonlyMap<string, readonly A[]> => {
  const groups = new Map<string, A[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
};

const span = (values: readonly number[]): string => `${round(Math.min(...values))}–${round(Math.max(...values))}`;

const deliveryText = (deliveries: readonly Delivery[]): string => {
  const broken = deliveries.find((delivery) => !isWhole(delivery));
  const duplicates = deliveries.reduce((sum, delivery) => sum + delivery.duplicates, 0);
  if (broken !== undefined) return `${round(broken.missing)} missing, ${round(broken.disorder)} out of order`;
  return duplicates === 0 ? 'whole, in order' : `whole, in order, ${round(duplicates)} twice`;
};

const drainTable = ({ drain }: BenchResult): readonly string[] => {
  const bySystem = grouped(drain, ({ system }) => system);
  const rateOf = (system: string, run: number): number | undefined => bySystem.get(system)?.[run]?.eventsPerSecond;
  const ratio = (system: string, to: string): string => {
    const ratios = (bySystem.get(system) ?? []).flatMap(({ eventsPerSecond }, run) => {
      const other = rateOf(to, run);
      return other === undefined ? [] : [eventsPerSecond / other];
    });
    return ratios.length === 0 || system === to ? '' : `${round(median(ratios), 2)} ×`;
  };
  return aligned([
    ['drain', 'events/s', 'from–to', 'to naive', 'to kafkajs', 'CPU s', 'peak MB', 'binlog B/event', 'delivery'],
    ...[...bySystem].map(([system, runs]) => {
      const own = runs.flatMap(({ usage }) => ownUsage(usage) ?? []);
      return [
        system,
        round(median(runs.map(({ eventsPerSecond }) => eventsPerSecond))),
        span(runs.map(({ eventsPerSecond }) => eventsPerSecond)),
        ratio(system, 'naive'),
        ratio(system, 'kafkajs'),
        own.length === 0 ? '' : round(median(own.map(({ cpuSeconds }) => cpuSeconds)), 1),
        own.length === 0 ? '' : round(Math.max(...own.map(({ peakMegabytes }) => peakMegabytes))),
        round(median(runs.map(({ logBytesPerEvent }) => logBytesPerEvent))),
        deliveryText(runs.map(({ delivery }) => delivery)),
      ];
    }),
  ]);
};

const latencyTable = ({ latency }: BenchResult): readonly string[] =>
  aligned([
    ['commit → Kafka, ms', 'p50', 'p95', 'p99', 'p99.9', 'max', 'due → Kafka p99', 'CPU s', 'purged', 'delivery'],
    ...[...grouped(latency, ({ system, ratePerSecond }) => `${round(ratePerSecond)}/s ${system}`)].map(
      ([name, runs]) => {
        const of = (read: (run: (typeof runs)[number]) => number): string => round(median(runs.map(read)), 1);
        return [
          name,
          of(({ publish }) => publish.p50),
          of(({ publish }) => publish.p95),
          of(({ publish }) => publish.p99),
          of(({ publish }) => publish.p999),
          of(({ publish }) => publish.max),
          of(({ fromDue }) => fromDue.p99),
          of(({ usage }) => ownUsage(usage.filter((used) => used.name !== 'driver'))?.cpuSeconds ?? 0),
          round(median(runs.map((run) => run.purgedRows))),
          deliveryText(runs.map(({ delivery }) => delivery)),
        ];
      },
    ),
  ]);

const flatTable = ({ flat }: BenchResult): readonly string[] => {
  const toEmpty = (table: Table, read: (run: FlatRun) => number): string => {
    const ratios = flat.flatMap((run, index) => {
      const empty = sameRoundEmpty(flat, index);
      return run.table !== table || table === 'empty' || empty === undefined ? [] : [read(run) / read(empty)];
    });
    return ratios.length === 0 ? '' : `${round(median(ratios), 2)} ×`;
  };
  const drained = ({ drainPerSecond }: FlatRun): number => drainPerSecond;
  const p99 = ({ publish }: FlatRun): number => publish.p99;
  return aligned([
    ['flat: table', 'rows besides', 'drain, events/s', 'to empty', 'p99, ms', 'to empty', 'delivery'],
    ...TABLES.flatMap((table) => {
      const runs = flat.filter((run) => run.table === table);
      const [first] = runs;
      if (first === undefined) return [];
      return [
        [
          table,
          round(first.rows),
          round(median(runs.map(drained))),
          toEmpty(table, drained),
          round(median(runs.map(p99)), 1),
          toEmpty(table, p99),
          deliveryText(runs.flatMap(({ deliveries }) => deliveries)),
        ],
      ];
    }),
  ]);
};

const consumeTable = ({ consume }: BenchResult): readonly string[] => {
  const cpu = consume.flatMap(({ usage }) => ownUsage(usage)?.cpuSeconds ?? []);
  return aligned([
    ['consume', 'events/s', 'from–to', 'to the relay', 'CPU s', 'effects'],
    [
      'kit',
      round(median(consume.map(({ eventsPerSecond }) => eventsPerSecond))),
      span(consume.map(({ eventsPerSecond }) => eventsPerSecond)),
      `${round(median(consume.map(({ eventsPerSecond, relayPerSecond }) => eventsPerSecond / relayPerSecond)), 2)} ×`,
      cpu.length === 0 ? '' : round(median(cpu), 1),
      deliveryText(consume.map(({ effects }) => effects)),
    ],
  ]);
};

const idleTable = ({ idle }: BenchResult): readonly string[] =>
  aligned([
    ['idle', 'CPU %', 'queries/s'],
    ...idle.map(({ system, cpuPercent, queriesPerSecond }) => [
      system,
      round(cpuPercent, 2),
      round(queriesPerSecond, 1),
    ]),
  ]);

const ordersTable = ({ orders }: BenchResult): readonly string[] =>
  aligned([
    [
      'orders/s',
      'with outbox',
      'without',
      'ratio',
      'requests',
      'without',
      'ratio',
      'two phases',
      'ratio',
      'deadlocks',
      'lock waits',
    ],
    ...[...grouped(orders, ({ relay }) => (relay ? 'a relay at work' : 'no relay'))].map(([name, runs]) => [
      name,
      round(median(runs.map(({ withOutbox }) => withOutbox))),
      round(median(runs.map(({ without }) => without))),
      round(median(runs.map(({ ratio }) => ratio)), 2),
      round(median(runs.map(({ request }) => request))),
      round(median(runs.map(({ requestWithout }) => requestWithout))),
      round(median(runs.map(({ requestRatio }) => requestRatio)), 2),
      round(median(runs.map(({ twoPhase }) => twoPhase))),
      round(median(runs.map(({ twoPhaseRatio }) => twoPhaseRatio)), 2),
      round(runs.reduce((sum, { deadlocks }) => sum + deadlocks, 0)),
      round(runs.reduce((sum, { lockWaits }) => sum + lockWaits, 0)),
    ]),
  ]);

const takeoverTable = ({ takeover }: BenchResult): readonly string[] =>
  aligned([
    ['takeover', 'by our relay', 'from the table', 'from the log', 'identical', 'delivery'],
    ...takeover.map(({ events, identical, delivery }) => [
      'Debezium',
      round(events.byRelay),
      round(events.fromTable),
      round(events.fromLog),
      round(identical),
      deliveryText([delivery]),
    ]),
  ]);

/** All that was measured, medians of the runs, for a console. */
export const benchTable = (result: BenchResult): string =>
  [
    ...(result.drain.length === 0 ? [] : [drainTable(result)]),
    ...(result.latency.length === 0 ? [] : [latencyTable(result)]),
    ...(result.flat.length === 0 ? [] : [flatTable(result)]),
    ...(result.consume.length === 0 ? [] : [consumeTable(result)]),
    ...(result.idle.length === 0 ? [] : [idleTable(result)]),
    ...(result.orders.length === 0 ? [] : [ordersTable(result)]),
    ...(result.takeover.length === 0 ? [] : [takeoverTable(result)]),
  ]
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
