import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dataScript, html } from './html.ts';
import type { ShownOrders } from './interesting-orders.ts';
import { pageShell } from './page-shell.ts';
import type { RunReport } from './run-report.ts';
import { casesSection } from './sections/cases.ts';
import { checksSection } from './sections/checks.ts';
import { faultsSection } from './sections/faults.ts';
import { numbersSection } from './sections/numbers.ts';
import { ordersSection } from './sections/orders.ts';
import { overTimeSection } from './sections/over-time.ts';
import { promisedSection } from './sections/promised.ts';
import { verdictSection } from './sections/verdict.ts';
import type { Series } from './series.ts';

export interface PageInput {
  readonly report: RunReport;
  readonly series: Series;
  readonly shown: ShownOrders;
}

const here = (path: string): Promise<string> => readFile(new URL(`page/${path}`, import.meta.url), 'utf8');
const fromPackage = (path: string): Promise<string> => readFile(createRequire(import.meta.url).resolve(path), 'utf8');

/** The whole page with its styles, scripts and data: it loads nothing, and its policy lets nothing else run. */
export const reportHtml = async ({ report, series, shown }: PageInput): Promise<string> => {
  const [pageCss, sharedJs, chartsJs, ordersJs, chartCss, chartJs] = await Promise.all([
    here('page.css'),
    here('shared.js'),
    here('charts.js'),
    here('orders.js'),
    fromPackage('uplot/dist/uPlot.min.css'),
    fromPackage('uplot/dist/uPlot.iife.min.js'),
  ]);
  const data = {
    series,
    orders: shown.orders.map((order) => ({
      ...order,
      timeline: order.timeline.map(({ at, where, what }) => [at, where, what]),
    })),
  };
  return pageShell({
    title: `${report.verdict.toUpperCase()} – simulation report`,
    styles: [chartCss, pageCss],
    scripts: [chartJs, sharedJs, chartsJs, ordersJs],
    body: html`
      ${verdictSection(report)} ${casesSection(report)} ${promisedSection(report)} ${overTimeSection(series)}
      ${checksSection(report)} ${ordersSection(shown)} ${faultsSection(report)} ${numbersSection(report)}
      <footer>
        One page, no network. The same data as numbers: report.json; for build servers: junit.xml, both beside this
        file.
      </footer>
      ${dataScript('data', data)}
    `,
  });
};
