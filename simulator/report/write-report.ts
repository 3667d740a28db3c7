import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measure } from '../checker/measure.ts';
import { interestingOrders } from './interesting-orders.ts';
import { junitXml } from './junit-xml.ts';
import { reportHtml } from './report-html.ts';
import { buildReport } from './run-report.ts';
import type { ReportInput, RunReport } from './run-report.ts';
import { seriesOf } from './series.ts';

export interface WrittenReport {
  readonly report: RunReport;
  /** Paths of the three files. */
  readonly json: string;
  readonly html: string;
  readonly junit: string;
}

/** Writes report.json, report.html (one page, no network) and junit.xml into `directory`, which is made if missing. */
export const writeReport = async (directory: string, input: ReportInput): Promise<WrittenReport> => {
  const { measured = measure(input.evidence) } = input;
  const report = buildReport(input, measured);
  const written = {
    report,
    json: join(directory, 'report.json'),
    html: join(directory, 'report.html'),
    junit: join(directory, 'junit.xml'),
  };
  const page = await reportHtml({
    report,
    series: seriesOf(input.evidence, measured),
    shown: interestingOrders(input.evidence, input.result, measured),
  });
  await mkdir(directory, { recursive: true });
  await writeFile(written.json, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(written.html, page);
  await writeFile(written.junit, junitXml(report));
  return written;
};
