import type { TimelineEntry } from '../../checker/verdict.ts';
import { duration, since, zeroOf } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

const KNOWN_PLACES = new Set(['client', 'outbox', 'relay', 'log', 'fault', 'operator']);
const LONG_PAUSE_MS = 2_000;

/** What the words in the second column of a timeline stand for. */
export const timelineKey = html`<p class="soft">
  client: whoever orders, pays, ships · outbox: the table in MySQL · relay: what publishes it · log: Kafka · payment,
  shipping: what they did · fault: what was broken meanwhile
</p>`;

/** One order's life. `page/orders.js` draws the same for the order that the reader picks. */
export const timelineList = (timeline: readonly TimelineEntry[]): Html => {
  const start = zeroOf(timeline);
  return html`<ol class="timeline">
    ${timeline.map(({ at, where, what }, index) => {
      const pause = at - (timeline[index - 1]?.at ?? at);
      const gap = pause < LONG_PAUSE_MS ? undefined : html`<li class="gap">${duration(pause)} later</li>`;
      return html`${gap}
        <li class="${KNOWN_PLACES.has(where) ? where : 'consumer'}">
          <time class="mono" datetime="${new Date(at).toISOString()}">${since(at - start)}</time>
          <span class="where">${where}</span>
          <span class="what">${what}</span>
        </li>`;
    })}
  </ol>`;
};
