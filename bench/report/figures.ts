import type { BenchRuns } from '../bench-result.ts';
import { sameRoundEmpty } from '../measurements/flat.ts';
import { median } from '../measurements/median.ts';
import { ownUsage } from './own-usage.ts';
import type { Figure } from './figure.ts';

/** Everything that two benches can be compared by. */
export const figuresOf = ({ drain, latency, flat, consume, idle, orders }: BenchRuns): readonly Figure[] => {
  const values = new Map<string, { readonly figure: Omit<Figure, 'value'>; readonly values: number[] }>();
  const add = (name: string, unit: string, better: Figure['better'], value: number): void => {
    const known = values.get(name) ?? { figure: { name, unit, better }, values: [] };
    known.values.push(value);
    values.set(name, known);
  };
  for (const { system, eventsPerSecond, logBytesPerEvent, usage } of drain) {
    add(`drain ${system}`, 'events/s', 'higher', eventsPerSecond);
    add(`drain binary log ${system}`, 'B/event', 'lower', logBytesPerEvent);
    const own = ownUsage(usage);
    if (own !== undefined) add(`drain memory ${system}`, 'MB', 'lower', own.peakMegabytes);
  }
  for (const { system, ratePerSecond, publish } of latency)
    for (const quantile of ['p50', 'p95', 'p99'] as const)
      add(`publish ${quantile} ${ratePerSecond}/s ${system}`, 'ms', 'lower', publish[quantile]);
  for (const [index, { table, drainPerSecond, ratePerSecond, publish }] of flat.entries()) {
    add(`flat drain ${table}`, 'events/s', 'higher', drainPerSecond);
    add(`flat publish p99 ${ratePerSecond}/s ${table}`, 'ms', 'lower', publish.p99);
    const empty = sameRoundEmpty(flat, index);
    if (empty === undefined || table === 'empty') continue;
    add(`flat drain ${table} to empty`, '×', 'higher', drainPerSecond / empty.drainPerSecond);
    add(`flat publish p99 ${table} to empty`, '×', 'lower', publish.p99 / empty.publish.p99);
  }
  for (const { eventsPerSecond, relayPerSecond } of consume) {
    add('consume kit', 'events/s', 'higher', eventsPerSecond);
    add('consume kit to relay', '×', 'higher', eventsPerSecond / relayPerSecond);
  }
  for (const { system, cpuPercent, queriesPerSecond } of idle) {
    add(`idle CPU ${system}`, '%', 'lower', cpuPercent);
    add(`idle queries ${system}`, '/s', 'lower', queriesPerSecond);
  }
  for (const { relay, ratio, requestRatio, twoPhaseRatio, withOutbox } of orders) {
    const name = relay ? 'with a relay' : 'alone';
    add(`orders with outbox, ${name}`, 'orders/s', 'higher', withOutbox);
    add(`orders with outbox to without, ${name}`, '×', 'higher', ratio);
    add(`requests with outbox to without, ${name}`, '×', 'higher', requestRatio);
    add(`orders in two phases to one, ${name}`, '×', 'higher', twoPhaseRatio);
  }
  return [...values.values()].map(({ figure, values: all }) => ({ ...figure, value: median(all) }));
};
