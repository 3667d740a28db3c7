import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dataScript, html } from './html.ts';
import type { ShownOrders } from './interesting-orders.ts';
import { pageShell } from './page-shell.ts';
import type { RunReport } from './run-report.ts';
import {
  casesSection,
  chartsSection,
  faultsSection,
  invariantsSection,
  numbersSection,
  ordersSection,
  targetsSection,
  verdictSection,
} from './sections.ts';
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
  const [pageCss, pageJs, chartCss, chartJs] = await Promise.all([
    here('page.css'),
    here('page.js'),
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
    scripts: [chartJs, pageJs],
    body: html`
      ${verdictSection(report)} ${casesSection(report)} ${targetsSection(report)} ${chartsSection(series)}
      ${invariantsSection(report)} ${numbersSection(report)} ${faultsSection(report)} ${ordersSection(shown)}
      ${dataScript('data', data)}
    `,
  });
};
