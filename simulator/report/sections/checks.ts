import { grouped } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { RunReport } from '../run-report.ts';
import { tableCard } from './table.ts';

export const checksSection = ({ invariants }: RunReport): Html => html`
  <h2 id="checks">What was checked</h2>
  <p class="soft">
    By a checker that shares no code with the service. It compares what clients were answered, the tables, every record
    in Kafka and what each consumer did. “Cases” is how many things a check looked at.
  </p>
  ${tableCard(
    'Checks',
    html`<table>
      <thead>
        <tr>
          <th scope="col" class="wide">#</th>
          <th scope="col">What must hold</th>
          <th scope="col">Verdict</th>
          <th scope="col" class="number">Cases</th>
          <th scope="col" class="number">Broken</th>
        </tr>
      </thead>
      <tbody>
        ${invariants.map(
          ({ id, name, verdict, checked, violations, doubts, notes }) =>
            html`<tr>
              <td class="soft wide">${id}</td>
              <th scope="row">${name}${[...doubts, ...notes].map((note) => html`<p class="notes">${note}</p>`)}</th>
              <td><span class="chip ${verdict}">${verdict}</span></td>
              <td class="number">${grouped(checked)}</td>
              <td class="number">${grouped(violations)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )}
`;
