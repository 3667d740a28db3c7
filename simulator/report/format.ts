import type { TimelineEntry } from '../checker/verdict.ts';

/** `0.8 ms`, `12 ms`, `1.25 s`, `2 min 05 s`. */
export const duration = (ms: number): string => {
  const abs = Math.abs(ms);
  if (abs < 9.95) return `${ms.toFixed(1)} ms`;
  if (abs < 999.5) return `${ms.toFixed(0)} ms`;
  if (abs < 99_950) return `${(ms / 1_000).toFixed(abs < 9_950 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.trunc(seconds / 60)} min ${String(Math.abs(seconds % 60)).padStart(2, '0')} s`;
};

/** `1 case`, `2 cases`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `12,345`. */
export const grouped = (count: number): string => count.toLocaleString('en-GB');

/** `+12 ms`; `−1.25 s` for what came before. */
export const since = (ms: number): string => (ms < 0 ? `−${duration(-ms)}` : `+${duration(ms)}`);

/** Where a timeline counts from: the first thing known of the order itself. */
export const zeroOf = (timeline: readonly TimelineEntry[]): number =>
  (timeline.find(({ where }) => where !== 'fault') ?? timeline[0])?.at ?? 0;
