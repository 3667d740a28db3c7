import type { RowResult } from './row-result.ts';

export const MATRIX_COLUMNS = ['#', 'fault', 'verdict', 'recovery', 'duplicates', 'expected', 'seen'] as const;

const seconds = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`);

/** Texts of one row, in the order of the columns. */
export const matrixCells = (row: RowResult): readonly string[] => [
  String(row.number),
  row.name,
  row.verdict,
  seconds(row.recoveryMs),
  row.duplicates === null ? '–' : String(row.duplicates),
  row.expected,
  row.seen,
];

/** One line a row, and a heading. */
export const matrixTable = (rows: readonly RowResult[]): string => {
  const lines: readonly (readonly string[])[] = [MATRIX_COLUMNS, ...rows.map(matrixCells)];
  const widths = MATRIX_COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};
