import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dataScript, html, raw } from './html.ts';
import type { Html } from './html.ts';
import type { ShownOrders } from './interesting-orders.ts';
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
const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

// Without a blank around the text, since the policy knows them by their hashes.
const style = (css: string): Html => raw(`<style>${css}</style>`);
const script = (js: string): Html => raw(`<script>${js}</script>`);

/** The whole page with its styles, scripts and data: it loads nothing, and its policy lets nothing else run. */
export const reportHtml = async ({ report, series, shown }: PageInput): Promise<string> => {
  const [pageCss, pageJs, chartCss, chartJs] = await Promise.all([
    here('page.css'),
    here('page.js'),
    fromPackage('uplot/dist/uPlot.min.css'),
    fromPackage('uplot/dist/uPlot.iife.min.js'),
  ]);
  const policy = [
    "default-src 'none'",
    `script-src ${hash(chartJs)} ${hash(pageJs)}`,
    `style-src ${hash(chartCss)} ${hash(pageCss)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const data = {
    series,
    orders: shown.orders.map((order) => ({
      ...order,
      timeline: order.timeline.map(({ at, where, what }) => [at, where, what]),
    })),
  };
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${report.verdict.toUpperCase()} – simulation report</title>
        ${style(chartCss)} ${style(pageCss)}
      </head>
      <body>
        <main>
          ${verdictSection(report)} ${casesSection(report)} ${targetsSection(report)} ${chartsSection(series)}
          ${invariantsSection(report)} ${numbersSection(report)} ${faultsSection(report)} ${ordersSection(shown)}
        </main>
        ${dataScript('data', data)} ${script(chartJs)} ${script(pageJs)}
      </body>
    </html> `;
  return page.markup;
};
