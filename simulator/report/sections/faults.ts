import { duration, since } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { faultName } from '../run-report.ts';
import type { RunReport } from '../run-report.ts';
import { tableCard } from './table.ts';

const MANY_FAULTS = 12;

const faultRow = (fault: RunReport['faults'][number], index: number, startedAt: string): Html => html`
  <tr>
    <td class="soft">${index + 1}</td>
    <th scope="row">${fault.kind}</th>
    <td>${fault.target}</td>
    <td class="number">${since(Date.parse(fault.at) - Date.parse(startedAt))}</td>
    <td class="number">
      ${fault.healedAt === null ? 'never' : duration(Date.parse(fault.healedAt) - Date.parse(fault.at))}
    </td>
  </tr>
`;

export const faultsSection = ({ faults, startedAt }: RunReport): Html => {
  if (faults.length === 0)
    return html`<h2 id="faults">Faults</h2>
      <p class="soft">Nothing was broken on purpose.</p>`;
  const counts = new Map<string, number>();
  for (const fault of faults) counts.set(faultName(fault), (counts.get(faultName(fault)) ?? 0) + 1);
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">#</th>
        <th scope="col">What was broken</th>
        <th scope="col">Where</th>
        <th scope="col" class="number">After the start</th>
        <th scope="col" class="number">Healed within</th>
      </tr>
    </thead>
    <tbody>
      ${faults.map((fault, index) => faultRow(fault, index, startedAt))}
    </tbody>
  </table>`;
  return html`
    <h2 id="faults">Faults</h2>
    <p class="soft">${[...counts].map(([name, count]) => `${name}: ${count}`).join(' · ')}</p>
    ${tableCard(
      'Faults',
      faults.length > MANY_FAULTS
        ? html`<details>
            <summary>All ${faults.length}</summary>
            ${table}
          </details>`
        : table,
    )}
  `;
};
