import { printable } from './terminal.ts';

export type Cell = string | number | null;

const GAP = '  ';

const lengthOf = (text: string): number => Array.from(text).length;

/**
 * Lines of an aligned table: a header and one line for each row; numbers to the right, null as `-`. Widths count
 * characters, so wide scripts may stand out of line.
 */
export const renderTable = (header: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] => {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? '-' : printable(String(cell)))));
  const widths = header.map((name, column) =>
    Math.max(name.length, ...texts.map((row) => lengthOf(row[column] ?? ''))),
  );
  const isNumeric = header.map(
    (_, column) =>
      rows.some((row) => typeof row[column] === 'number') &&
      rows.every((row) => row[column] === null || typeof row[column] === 'number'),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - lengthOf(cell)));
        return isNumeric[column] === true ? padding + cell : cell + padding;
      })
      .join(GAP)
      .trimEnd();
  return [line(header), ...texts.map(line)];
};

/** `name  value` lines, values aligned. */
export const renderPairs = (pairs: readonly (readonly [string, Cell])[]): readonly string[] => {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}${GAP}${value === null ? '-' : printable(String(value))}`);
};
