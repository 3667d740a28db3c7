import type { BenchRuns } from '../bench-result.ts';
import { median } from '../measurements/median.ts';
import type { Figure } from './figure.ts';

/** Everything that two benches can be compared by. */
export const figuresOf = ({ drain, latency, idle, orders }: BenchRuns): readonly Figure[] => {
  const values = new Map<string, { readonly figure: Omit<Figure, 'value'>; readonly values: number[] }>();
  const add = (name: string, unit: string, better: Figure['better'], value: number): void => {
    const known = values.get(name) ?? { figure: { name, unit, better }, values: [] };
    known.values.push(value);
    values.set(name, known);
  };
  for (const { system, eventsPerSecond, usage } of drain) {
    add(`drain ${system}`, 'events/s', 'higher', eventsPerSecond);
    for (const { name, peakMegabytes } of usage)
      if (name === system) add(`drain memory ${system}`, 'MB', 'lower', peakMegabytes);
  }
  for (const { system, ratePerSecond, publish } of latency)
    for (const quantile of ['p50', 'p95', 'p99'] as const)
      add(`publish ${quantile} ${ratePerSecond}/s ${system}`, 'ms', 'lower', publish[quantile]);
  for (const { system, cpuPercent, queriesPerSecond } of idle) {
    add(`idle CPU ${system}`, '%', 'lower', cpuPercent);
    add(`idle queries ${system}`, '/s', 'lower', queriesPerSecond);
  }
  for (const { relay, ratio, withOutbox } of orders) {
    const name = relay ? 'with a relay' : 'alone';
    add(`orders with outbox, ${name}`, 'orders/s', 'higher', withOutbox);
    add(`orders with outbox to without, ${name}`, '×', 'higher', ratio);
  }
  return [...values.values()].map(({ figure, values: all }) => ({ ...figure, value: median(all) }));
};
