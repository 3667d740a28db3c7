import { html, nothing } from './lib/lit-html/lit-html.js';
import { actButtons } from './acts.js';
import { get } from './api.js';
import { moment, prettyJson } from './format.js';
import { actsTable, empty, eventLink, facts, orderLink, standing, statusBadge, when } from './parts.js';

const WHAT_NOW = {
  QUARANTINED: html`Kafka refused this event seven times, so the relay has given it up for now. Later events of its
    order wait behind it; all other orders go on. Mend the cause, then <strong>redrive</strong> it. Only if it can never
    be published, <strong>skip</strong> it.`,
  PENDING: html`It is on its way; nothing needs to be done here.`,
  COMPLETED: html`Kafka has it.`,
  SKIPPED: html`An operator gave it up for good. Another event stands in its place and says so to consumers.`,
};

const waits = (event) =>
  html`It waits for an earlier event of its order: ${eventLink(event.heldBy, 'see that one')}. Once that is published or
  skipped, this one follows by itself.`;

const factsOf = (event) =>
  facts([
    ['Order', html`${orderLink(event.orderId, event.orderId)}`],
    ['Sequence', event.sequence],
    ['Event ID', html`<span class="id">${event.eventId}</span>`],
    ['Version', event.version],
    ['Stands', standing(event)],
    ['Attempts', event.attempts],
    ['Raised', html`${moment(event.createdAt)} UTC <span class="dim">(${when(event.createdAt)})</span>`],
    ['Published', event.publishedAt ? html`${moment(event.publishedAt)} UTC` : null],
    ['Skipped', event.skippedAt ? html`${moment(event.skippedAt)} UTC by ${event.skippedBy}` : null],
    ['Reason', event.reason],
    ['Replaced by', event.replacementEventId ? eventLink(event.replacementEventId, event.replacementEventId) : null],
  ]);

const attempts = (history) =>
  history.length === 0
    ? empty('No attempt has failed.', 'An outage of Kafka is nobody’s attempt and is not listed here.')
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Failed attempts">
        <table>
          <thead>
            <tr>
              <th scope="col" class="num">Attempt</th>
              <th scope="col">Failed at (UTC)</th>
              <th scope="col">Error</th>
            </tr>
          </thead>
          <tbody>
            ${history.map(
              ({ attempt, failedAt, error }) =>
                html`<tr>
                  <td class="num">${attempt}</td>
                  <td class="num">${moment(failedAt)}</td>
                  <td class="wrap">${error}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;

const headers = (list) =>
  list.length === 0
    ? html`<p class="dim">None beside those made from the columns.</p>`
    : facts(list.map(({ name, value }) => [html`<code>${name}</code>`, html`<code class="wrap">${value}</code>`]));

export const eventPage = {
  title: () => 'Event',
  everyMs: 5_000,
  load: ({ id }, signal) => get(`/outbox/${encodeURIComponent(id)}`, signal),
  view: (event, context) =>
    html`<div class="headline">
        <h2>${event.type} ${statusBadge(event)}</h2>
        ${actButtons(event, context)}
      </div>
      ${
        event.lastError === null || event.status === 'COMPLETED'
          ? nothing
          : html`<div class="notice bad"><strong>Last error</strong> <code class="wrap">${event.lastError}</code></div>`
      }
      <p class="what-now">${event.heldBy ? waits(event) : WHAT_NOW[event.status]}</p>
      <section class="card">${factsOf(event)}</section>
      <section>
        <h2>Failed attempts</h2>
        ${attempts(event.history)}
      </section>
      <div class="columns">
        <section>
          <h2>Payload <span class="dim">masked: •••</span></h2>
          <pre tabindex="0" aria-label="Payload">${prettyJson(event.payload)}</pre>
        </section>
        <section>
          <h2>Headers</h2>
          <div class="card">${headers(event.headers)}</div>
        </section>
      </div>
      <section>
        <h2>What operators did</h2>
        ${event.audit.length === 0 ? html`<p class="dim">Nothing so far.</p>` : actsTable(event.audit, false)}
      </section>`,
};
