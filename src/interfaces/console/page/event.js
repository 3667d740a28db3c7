import { html, nothing } from './lib/lit-html/lit-html.js';
import { actButtons } from './acts.js';
import { get, queryOf } from './api.js';
import { counted, moment, prettyJson, withoutRepeats } from './format.js';
import { mendingOf } from './mending.js';
import { actsTable, empty, eventLink, facts, numeric, orderLink, standing, statusBadge, table, when } from './parts.js';

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
    ['Size', `${counted(event.payloadBytes, 'byte')} of payload, ${counted(event.headersBytes, 'byte')} of headers`],
    ['Stands', standing(event)],
    ['Attempts', event.status === 'COMPLETED' ? null : event.attempts],
    ['Raised', html`${moment(event.createdAt)} UTC <span class="dim">(${when(event.createdAt)})</span>`],
    ['Published', event.publishedAt ? html`${moment(event.publishedAt)} UTC` : null],
    ['Skipped', event.skippedAt ? html`${moment(event.skippedAt)} UTC by ${event.skippedBy}` : null],
    ['Reason', event.reason],
    ['Replaced by', event.replacementEventId ? eventLink(event.replacementEventId, event.replacementEventId) : null],
  ]);

const attemptRow = ({ attempt, at, text }) =>
  html`<tr>
    <td data-name="Attempt" class="num">${attempt}</td>
    <td data-name="At">${moment(at)}</td>
    <td data-name="Error" class="wrap">${text}</td>
  </tr>`;

/** With the redrives between them, after which attempts are counted anew. */
const attempts = ({ history, audit }) => {
  const errors = withoutRepeats(history.map(({ error }) => error));
  const failed = history.map(({ attempt, failedAt }, index) => ({ attempt, at: failedAt, text: errors[index] }));
  const redriven = audit
    .filter(({ action }) => action === 'redrive')
    .map(({ at, actor }) => ({ attempt: '–', at, text: html`<em>redriven by ${actor}, with all attempts</em>` }));
  return failed.length === 0
    ? empty('No attempt has failed.', 'An outage of Kafka is nobody’s attempt and is not listed here.')
    : table(
        'Failed attempts',
        [numeric('Attempt'), 'At (UTC)', 'Error'],
        [...failed, ...redriven].sort((a, b) => (a.at < b.at ? -1 : 1)).map(attemptRow),
      );
};

const holdsOthers = ({ status, attempts, heldBy }) =>
  status === 'QUARANTINED' || (status === 'PENDING' && !heldBy && attempts > 0);

/** The events of its order that wait for it, the next one first; and whether there are more than asked for. */
const behind = async ({ orderId, sequence }, signal) => {
  const { events, next } = await get(`/outbox${queryOf({ orderId, status: 'PENDING', limit: 100 })}`, signal);
  return { waiting: events.filter((event) => event.sequence > sequence).reverse(), more: next !== null };
};

const behindView = ({ waiting, more }) =>
  html`<section>
    <h2>Waiting behind it</h2>
    ${
      waiting.length === 0
        ? html`<p class="dim">Nothing: its order has no later event yet.</p>`
        : html`<ul class="card">
            ${waiting.map(
              (event) =>
                html`<li>
                  <span class="dim">#${event.sequence}</span> ${eventLink(event.eventId, event.type)}
                  ${statusBadge(event)} <span class="dim">raised ${when(event.createdAt)}</span>
                </li>`,
            )}
            ${more ? html`<li class="dim">These are the newest; there are more.</li>` : nothing}
          </ul>`
    }
  </section>`;

const why = ({ status, lastError }) =>
  lastError === null || status === 'COMPLETED'
    ? nothing
    : html`<div class=${`notice ${status === 'SKIPPED' ? 'warn' : 'bad'}`}>
        <strong>Last error</strong> <code class="wrap">${lastError}</code>
        ${status === 'SKIPPED' ? nothing : mendingOf(lastError)}
      </div>`;

const headers = (list) =>
  list.length === 0
    ? html`<p class="dim">None.</p>`
    : facts(list.map(({ name, value }) => [html`<code>${name}</code>`, html`<code class="wrap">${value}</code>`]));

export const eventPage = {
  title: () => 'Event',
  everyMs: 5_000,
  load: async ({ id }, signal) => {
    const event = await get(`/outbox/${encodeURIComponent(id)}`, signal);
    return { event, held: holdsOthers(event) ? await behind(event, signal) : undefined };
  },
  view: ({ event, held }, context) =>
    html`<div class="headline">
        <h2>${event.type} ${statusBadge(event)}</h2>
        ${actButtons(event, context)}
      </div>
      ${why(event)}
      <p class="what-now">${event.heldBy ? waits(event) : WHAT_NOW[event.status]}</p>
      <section class="card">${factsOf(event)}</section>
      ${held === undefined ? nothing : behindView(held)}
      <section>
        <h2>Failed attempts</h2>
        ${attempts(event)}
      </section>
      <div class="columns">
        <section>
          <h2>Payload <span class="dim">masked: •••</span></h2>
          <pre tabindex="0" aria-label="Payload">${prettyJson(event.payload)}</pre>
        </section>
        <section>
          <h2>Headers <span class="dim">beside those made from the facts above</span></h2>
          <div class="card">${headers(event.headers)}</div>
        </section>
      </div>
      <section>
        <h2>What operators did</h2>
        ${event.audit.length === 0 ? html`<p class="dim">Nothing so far.</p>` : actsTable(event.audit, false)}
      </section>`,
};
