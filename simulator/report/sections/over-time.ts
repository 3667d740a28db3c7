import { duration } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Series } from '../series.ts';

const MANY_FAULTS = 12;

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

const chart = (id: string, title: string, text: string): Html => html`
  <section class="card chart">
    <h3>${title}</h3>
    <p class="soft">${text}</p>
    <div class="plot" id="chart-${id}"></div>
  </section>
`;

/** The numbers in the shaded parts of the charts, explained. */
const faultKey = (faults: Series['faults']): Html =>
  faults.length === 0
    ? html`<p class="soft">Nothing was broken during this run, so no part of the charts is shaded.</p>`
    : html`<p class="soft">Shaded: something was broken then. The numbers are those of the table of faults:</p>
        <ul class="fault-key">
          ${faults.slice(0, MANY_FAULTS).map(
            ({ number, label, from, to, healed }) =>
              html`<li>
                <b>${number}</b> ${label}
                <span class="soft">${clock(from)}–${healed ? clock(to) : 'never healed'}</span>
              </li>`,
          )}
          ${
            faults.length > MANY_FAULTS
              ? html`<li><a href="#faults">${faults.length - MANY_FAULTS} more, in the table of faults</a></li>`
              : undefined
          }
        </ul>`;

export const overTimeSection = (series: Series): Html => html`
  <h2 id="over-time">Over time</h2>
  ${faultKey(series.faults)}
  <div class="charts">
    ${[
      chart(
        'publish',
        'Publish delay',
        'From writing an event in MySQL to its place in Kafka, by the time of writing. Dashed in red: the 3 s promised for the mean. Each line of the scale is ten times the one below.',
      ),
      chart(
        'whole-way',
        'Whole way',
        'From writing an event in MySQL to the last consumer that applied it. Dashed in red: the 60 s promised for each. Each line of the scale is ten times the one below.',
      ),
      chart('throughput', 'Throughput', 'Per second: orders placed, events written, records that reached Kafka.'),
      chart('backlog', 'Backlog', 'Events in the outbox that are not yet published.'),
    ]}
  </div>
  <p class="soft">
    Each point sums up ${duration(series.bucketMs)}; a line breaks off where nothing was written. Point at a chart to
    read its values.
  </p>
`;
