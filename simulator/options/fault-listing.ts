import type { Fault } from '../faults/fault.ts';

/** For `--faults list`: row of the matrix, name, what it does and what is expected; by row, those of no row last. */
export const faultListing = (faults: readonly Fault[]): string => {
  const listed = [...faults].sort((a, b) => (a.row?.number ?? Infinity) - (b.row?.number ?? Infinity));
  const width = Math.max(...listed.map(({ name }) => name.length));
  return listed
    .map(({ name, describe, row }) => {
      const number = row === undefined ? '–' : String(row.number);
      const expected = row === undefined ? '' : `\n${' '.repeat(width + 6)}expected: ${row.expected}`;
      return `${number.padStart(2)}  ${name.padEnd(width)}  ${describe}${expected}\n`;
    })
    .join('');
};
