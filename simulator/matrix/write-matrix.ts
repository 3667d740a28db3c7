import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Verdict } from '../checker/verdict.ts';
import { escapeXml } from '../report/escape-xml.ts';
import { summaryHtml } from '../report/summary-html.ts';
import { MATRIX_COLUMNS, matrixCells } from './matrix-table.ts';
import { worstOf } from './row-result.ts';
import type { RowResult } from './row-result.ts';

/** matrix.json. */
export interface MatrixReport {
  readonly verdict: Verdict;
  readonly seed: number;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly reproduce: string;
  readonly rows: readonly RowResult[];
}

export const buildMatrix = (facts: Omit<MatrixReport, 'verdict'>): MatrixReport => ({
  ...facts,
  verdict: worstOf(facts.rows.map(({ verdict }) => verdict)),
});

const COLUMNS = MATRIX_COLUMNS.filter((column) => column !== 'verdict');
const cellsOf = (row: RowResult): readonly string[] =>
  matrixCells(row).filter((_, column) => MATRIX_COLUMNS[column] !== 'verdict');

const caseOf = (row: RowResult): string => {
  const body = {
    pass: `<system-out>${escapeXml(row.seen)}</system-out>`,
    fail: `<failure message="${escapeXml(row.seen)}">${escapeXml(`expected: ${row.expected}`)}</failure>`,
    unknown: `<skipped message="${escapeXml(`unknown: ${row.seen}`)}"/>`,
  }[row.verdict];
  return `    <testcase classname="fault matrix" name="${escapeXml(`${row.number} ${row.name}`)}" time="0">${body}</testcase>`;
};

/** One test case for each row; `unknown` is a skipped one. */
export const matrixJunit = ({ rows, startedAt, finishedAt, reproduce }: MatrixReport): string => {
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="fault matrix" tests="${rows.length}" failures="${count('fail')}" errors="0" skipped="${count('unknown')}" time="${seconds}" timestamp="${startedAt}">`,
    '    <properties>',
    `      <property name="reproduce" value="${escapeXml(reproduce)}"/>`,
    '    </properties>',
    ...rows.map(caseOf),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

/** Writes matrix.json, matrix.html and matrix-junit.xml; answers the path of the page. */
export const writeMatrix = async (directory: string, matrix: MatrixReport): Promise<string> => {
  const html = join(directory, 'matrix.html');
  const page = await summaryHtml({
    title: 'fault matrix',
    subtitle: 'Each fault against real processes, in an environment of its own, judged by the independent checker.',
    verdict: matrix.verdict,
    columns: COLUMNS,
    rows: matrix.rows.map((row) => ({
      cells: cellsOf(row),
      verdict: row.verdict,
      reportPath: row.report === null ? undefined : `${row.report}/report.html`,
    })),
    reproduce: matrix.reproduce,
  });
  await writeFile(join(directory, 'matrix.json'), `${JSON.stringify(matrix, null, 2)}\n`);
  await writeFile(join(directory, 'matrix-junit.xml'), matrixJunit(matrix));
  await writeFile(html, page);
  return html;
};
