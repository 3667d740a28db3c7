import type { Distribution } from '../../checker/facts/distribution.ts';
import { duration, grouped } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { RunReport } from '../run-report.ts';
import { tableCard } from './table.ts';

const words = (key: string): string => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const countCard = (title: string, counts: Readonly<Record<string, number>>): Html => html`
  <section class="card counts">
    <h3>${title}</h3>
    <dl>
      ${Object.entries(counts).map(
        ([key, count]) =>
          html`<div>
            <dt>${words(key)}</dt>
            <dd>${grouped(count)}</dd>
          </div>`,
      )}
    </dl>
  </section>
`;

const delayRow = (name: string, count: number, figures: Omit<Distribution, 'count'>): Html => html`
  <tr>
    <th scope="row">${name}</th>
    <td class="number">${grouped(count)}</td>
    ${[figures.mean, figures.p50, figures.p95, figures.p99, figures.max].map(
      (value) => html`<td class="number">${count === 0 ? '–' : duration(value)}</td>`,
    )}
  </tr>
`;

const delayRows = (name: string, delays: RunReport['publishDelayMs']): readonly Html[] => [
  delayRow(name, delays.calm.count + delays.underFaults.count, delays),
  delayRow('– in normal times', delays.calm.count, delays.calm),
  delayRow('– hit by a fault', delays.underFaults.count, delays.underFaults),
];

const COLUMNS = ['Events', 'Mean', 'Half within', '95 % within', '99 % within', 'Slowest'] as const;

/** Nothing for a single relay: what it did is what was published. */
const relaysCard = ({ relays }: RunReport): Html | undefined =>
  relays.length < 2
    ? undefined
    : tableCard(
        'Relays',
        html`<table>
          <thead>
            <tr>
              <th scope="col">Relay, by each of its starts</th>
              <th scope="col" class="number">Lanes</th>
              <th scope="col" class="number">Events published</th>
            </tr>
          </thead>
          <tbody>
            ${relays.map(
              ({ owner, lanes, events }) =>
                html`<tr>
                  <th scope="row" class="mono">${owner}</th>
                  <td class="number">${grouped(lanes)}</td>
                  <td class="number">${grouped(events)}</td>
                </tr>`,
            )}
          </tbody>
        </table>`,
      );

export const numbersSection = (report: RunReport): Html => html`
  <h2 id="numbers">Numbers</h2>
  <p class="soft">
    Delays leave out the ${grouped(report.events.released)} events that were quarantined or held behind one and
    published later. An event is “hit by a fault” when something it needs was broken while it was under way.
  </p>
  ${tableCard(
    'Delays',
    html`<table>
      <thead>
        <tr>
          <th scope="col">Delay</th>
          ${COLUMNS.map((title) => html`<th scope="col" class="number">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${[
          ...delayRows('Publish: MySQL to Kafka', report.publishDelayMs),
          ...delayRows('Whole way: MySQL to last consumer', report.endToEndMs),
        ]}
      </tbody>
    </table>`,
  )}
  ${relaysCard(report)}
  <div class="columns">
    ${[
      countCard('Orders', { ...report.orders }),
      countCard('Events', { ...report.events }),
      ...Object.entries(report.consumers).map(([name, counts]) => countCard(`Consumer ${name}`, { ...counts })),
    ]}
  </div>
`;
