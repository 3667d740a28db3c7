import type { BenchResult } from '../bench-result.ts';
import { TABLES } from '../measurements/flat.ts';
import { median } from '../measurements/median.ts';
import type { Quantiles } from '../measurements/quantiles.ts';

export interface ChartLine {
  readonly name: string;
  /** One for each label. */
  readonly values: readonly (number | null)[];
}

export interface Chart {
  readonly title: string;
  /** What one sees, in a sentence or two. */
  readonly about: string;
  /** Bars are the medians, with the single runs as points; lines go over all labels. */
  readonly kind: 'bars' | 'lines';
  readonly unit: string;
  readonly labels: readonly string[];
  readonly lines: readonly ChartLine[];
}

const QUANTILES = [
  ['p50', 'half'],
  ['p95', '95 %'],
  ['p99', '99 %'],
  ['p999', '99.9 %'],
  ['max', 'all'],
] as const satisfies readonly (readonly [keyof Quantiles, string])[];

interface Measured {
  readonly name: string;
  readonly value: number;
}

/** A bar for each name in the order of their first run, and a point for each run. */
const bars = (about: Pick<Chart, 'title' | 'about' | 'unit'>, measured: readonly Measured[]): readonly Chart[] => {
  const labels = [...new Set(measured.map(({ name }) => name))];
  if (labels.length === 0) return [];
  const runsOf = (name: string): readonly number[] =>
    measured.filter((one) => one.name === name).map(({ value }) => value);
  const most = Math.max(...labels.map((name) => runsOf(name).length));
  const runs = Array.from({ length: most }, (_, run) => ({
    name: `run ${run + 1}`,
    values: labels.map((name) => runsOf(name)[run] ?? null),
  }));
  return [
    {
      ...about,
      kind: 'bars',
      labels,
      lines: [{ name: 'median', values: labels.map((name) => median(runsOf(name))) }, ...runs],
    },
  ];
};

const delayCharts = ({ latency }: BenchResult): readonly Chart[] =>
  [...new Set(latency.map(({ ratePerSecond }) => ratePerSecond))].map((rate) => {
    const atRate = latency.filter(({ ratePerSecond }) => ratePerSecond === rate);
    return {
      title: `Delay at ${rate} events/s`,
      about: 'From COMMIT to the append in Kafka: so many of all events took at most so long. Medians of the runs.',
      kind: 'lines',
      unit: 'ms',
      labels: QUANTILES.map(([, label]) => label),
      lines: [...new Set(atRate.map(({ system }) => system))].map((system) => ({
        name: system,
        values: QUANTILES.map(([quantile]) =>
          median(atRate.filter((run) => run.system === system).map(({ publish }) => publish[quantile])),
        ),
      })),
    };
  });

const flatRuns = ({ flat }: BenchResult, value: (run: BenchResult['flat'][number]) => number): readonly Measured[] =>
  TABLES.flatMap((table) =>
    flat.filter((run) => run.table === table).map((run) => ({ name: table, value: value(run) })),
  );

/** The charts of the page; those of what was not measured are left out. */
export const chartsOf = (result: BenchResult): readonly Chart[] => [
  ...bars(
    { title: 'Drain', about: 'A backlog, published as fast as each system can.', unit: 'events/s' },
    result.drain.map(({ system, eventsPerSecond }) => ({ name: system, value: eventsPerSecond })),
  ),
  ...delayCharts(result),
  ...bars(
    {
      title: 'Drain of a grown table',
      about: 'Our relay on a table that holds nothing else, many published rows, or many held ones.',
      unit: 'events/s',
    },
    flatRuns(result, ({ drainPerSecond }) => drainPerSecond),
  ),
  ...bars(
    {
      title: 'Delay on a grown table',
      about: '99 % of the events took at most so long, on the same tables.',
      unit: 'ms',
    },
    flatRuns(result, ({ publish }) => publish.p99),
  ),
  ...bars(
    { title: 'Consuming', about: 'The consumer kit, beside the relay that feeds it.', unit: 'events/s' },
    result.consume.flatMap(({ eventsPerSecond, relayPerSecond }) => [
      { name: 'kit', value: eventsPerSecond },
      { name: 'relay', value: relayPerSecond },
    ]),
  ),
];
