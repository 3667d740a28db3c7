import type { KindResult } from './kinds.ts';

const row = (name: string, passed: string | number, failed: string | number, skipped: string | number, time: string) =>
  `${name.padEnd(14)}${String(passed).padStart(8)}${String(failed).padStart(8)}${String(skipped).padStart(9)}${time.padStart(10)}`;

const sum = (results: readonly KindResult[], field: 'passed' | 'failed' | 'skipped'): number =>
  results.reduce((total, result) => total + result[field], 0);

/** A table with a line per kind, and as its last line `N passed, N failed`, with `, N skipped` only when there are any. */
export const summarize = (results: readonly KindResult[]): string => {
  const [passed, failed, skipped] = [sum(results, 'passed'), sum(results, 'failed'), sum(results, 'skipped')];
  return [
    '',
    row('kind', 'passed', 'failed', 'skipped', 'time'),
    ...results.map((result) =>
      row(result.kind, result.passed, result.failed, result.skipped, `${result.seconds.toFixed(1)} s`),
    ),
    '',
    `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  ].join('\n');
};
