import { readFile } from 'node:fs/promises';
import type { Verdict } from '../checker/verdict.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { pageShell } from './page-shell.ts';

export interface SummaryRow {
  /** Texts, one for each column. */
  readonly cells: readonly string[];
  readonly verdict: Verdict;
  /** Of the row's own report.html, relative to the summary page; left out when the row has none. */
  readonly reportPath?: string | undefined;
}

/** A campaign of several runs: the fault matrix, all planted bugs, a night of seeds. */
export interface Summary {
  readonly title: string;
  readonly subtitle: string;
  /** Of the whole campaign; the caller decides what makes it a pass. */
  readonly verdict: Verdict;
  /** Headings of the cells; the verdict and the link come after them. */
  readonly columns: readonly string[];
  readonly rows: readonly SummaryRow[];
  /** The command that does it all again. */
  readonly reproduce: string;
}

const countOf = (rows: readonly SummaryRow[]): string =>
  (['pass', 'fail', 'unknown'] as const)
    .map((verdict) => `${rows.filter((row) => row.verdict === verdict).length} ${verdict}`)
    .join(' · ');

// A link of the reader's machine only: a path with a scheme of its own would lead elsewhere.
const linkTo = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

const rowOf = ({ cells, verdict, reportPath }: SummaryRow): Html => {
  const [first = '', ...others] = cells;
  return html`<tr>
    <th scope="row">${first}</th>
    ${others.map((cell) => html`<td>${cell}</td>`)}
    <td><span class="chip ${verdict}">${verdict}</span></td>
    <td>
      ${
        reportPath === undefined
          ? html`<span class="soft">none</span>`
          : html`<a href="${linkTo(reportPath)}" aria-label="Report of ${first}">report</a>`
      }
    </td>
  </tr>`;
};

/** One page, no script, no network, in the look of report.html: a verdict, then a row for each run with its verdict and report. */
export const summaryHtml = async ({ title, subtitle, verdict, columns, rows, reproduce }: Summary): Promise<string> => {
  const css = await readFile(new URL('page/page.css', import.meta.url), 'utf8');
  return pageShell({
    title: `${verdict.toUpperCase()} – ${title}`,
    styles: [css],
    scripts: [],
    body: html`
      <header class="card verdict ${verdict}">
        <h1>${verdict.toUpperCase()} – ${title}</h1>
        <p class="lead">${subtitle}</p>
        <div class="run-facts">
          <span>${rows.length} runs: ${countOf(rows)}</span>
          <span>again: <code>${reproduce}</code></span>
        </div>
      </header>
      <h2>Runs</h2>
      <div class="card table-card" tabindex="0" role="region" aria-label="Runs">
        <table class="summary">
          <thead>
            <tr>
              ${columns.map((column) => html`<th scope="col">${column}</th>`)}
              <th scope="col">Verdict</th>
              <th scope="col">Details</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(rowOf)}
          </tbody>
        </table>
      </div>
    `,
  });
};
