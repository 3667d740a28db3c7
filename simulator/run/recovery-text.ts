import { duration } from '../report/format.ts';
import type { OutageRecovery, RecoveryWindow } from './outage-recovery.ts';

/** Characters of a column; a duration has up to eleven. */
const CELL = 13;

const back = (seconds: number | null): string =>
  seconds === null ? 'not before the load ended' : `${seconds} s after it`;

const row = ({ from, events, orders, unfinished }: RecoveryWindow): string => {
  const cells = [events.p50, events.p99, orders.p50, orders.p99].map((ms) => duration(ms).padStart(CELL)).join('');
  return `    +${String(from).padStart(5)} s${cells}${unfinished === 0 ? '' : `   ${unfinished} not finished`}`;
};

/** What became of a long outage, for a console. */
export const recoveryText = (recovery: OutageRecovery): string => {
  const { outageSeconds, quarantined, backlog, drainedAfterMs, publishAfterMs: publish, windows } = recovery;
  const { eventsBackAfter, ordersBackAfter } = recovery;
  const drained =
    drainedAfterMs === null ? 'never all published' : `all published ${duration(drainedAfterMs)} after the heal`;
  return [
    `After ${outageSeconds.toFixed(1)} s without Kafka:`,
    `  quarantined  ${quarantined}`,
    `  backlog      ${backlog} events, ${drained}`,
    `  publish      from then on mean ${duration(publish.mean)}, p99 ${duration(publish.p99)}, slowest ${duration(publish.max)}`,
    '  whole way    of events created, and of orders placed, in each 30 s after the heal:',
    `            ${['event p50', 'p99', 'order p50', 'p99'].map((title) => title.padStart(CELL)).join('')}`,
    ...windows.map(row),
    `  under 1 s    events (p99) ${back(eventsBackAfter)}`,
    `               lives of orders (p50) ${back(ordersBackAfter.p50)}, (p99) ${back(ordersBackAfter.p99)}`,
  ].join('\n');
};
