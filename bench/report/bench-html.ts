import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dataScript, html } from '../../simulator/report/html.ts';
import { pageShell } from '../../simulator/report/page-shell.ts';
import type { BenchResult } from '../bench-result.ts';
import { benchTable } from './bench-table.ts';
import { chartsOf } from './charts.ts';

const file = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');
const fromPackage = (path: string): Promise<string> => readFile(createRequire(import.meta.url).resolve(path), 'utf8');

/** bench.json as one page with its charts, in the look of report.html; it loads nothing from anywhere. */
export const benchHtml = async (result: BenchResult): Promise<string> => {
  const [chartCss, pageCss, chartJs, chartsJs] = await Promise.all([
    fromPackage('uplot/dist/uPlot.min.css'),
    file('../../simulator/report/page/page.css'),
    fromPackage('uplot/dist/uPlot.iife.min.js'),
    file('page/bench-charts.js'),
  ]);
  const charts = chartsOf(result);
  const { cpu, cores, memoryGigabytes, node, platform } = result.machine;
  return pageShell({
    title: `Bench of ${result.startedAt}`,
    styles: [chartCss, pageCss],
    scripts: [chartJs, chartsJs],
    body: html`
      <header class="card">
        <h1>Bench</h1>
        <p class="soft">
          Begun ${result.startedAt} on ${cores} × ${cpu}, ${memoryGigabytes} GB, ${platform}, Node ${node}. MySQL,
          Kafka, load and what is measured share these cores. Machines are noisy: compare within this page.
        </p>
      </header>
      <div class="charts">
        ${charts.map(
          ({ title, about, unit }, index) => html`
            <section class="card chart">
              <h2>${title}</h2>
              <p class="soft">${about} In ${unit}.</p>
              <div class="plot" id="chart-${index}"></div>
            </section>
          `,
        )}
      </div>
      <h2>As numbers</h2>
      <div class="card table-card" tabindex="0" role="region" aria-label="All tables">
        <pre class="mono">${benchTable(result)}</pre>
      </div>
      <footer>One page, no network. Every single run: bench.json beside this file.</footer>
      ${dataScript('data', charts)}
    `,
  });
};
