// What several pages show in the same way.
import { html, nothing } from './lib/lit-html/lit-html.js';
import { ago, duration, moment, shortId } from './format.js';

export const eventLink = (eventId, text = shortId(eventId)) =>
  html`<a class="id" href=${`#/event/${eventId}`} title=${eventId}>${text}</a>`;

export const orderLink = (orderId, text = shortId(orderId)) =>
  html`<a class="id" href=${`#/order/${orderId}`} title=${orderId}>${text}</a>`;

export const when = (at) => html`<time datetime=${at} title=${`${moment(at)} UTC`}>${ago(at)}</time>`;

const BADGES = {
  PENDING: ['pending', 'calm'],
  COMPLETED: ['published', 'good'],
  QUARANTINED: ['quarantined', 'bad'],
  SKIPPED: ['skipped', 'dim'],
};

export const badge = (text, tone) => html`<span class=${`badge ${tone}`}>${text}</span>`;

export const statusBadge = ({ status, attempts, heldBy }) => {
  if (status === 'PENDING' && heldBy) return badge('held', 'warn');
  if (status === 'PENDING' && attempts > 0) return badge('retrying', 'warn');
  return badge(...BADGES[status]);
};

/** Why it stands where it stands. */
export const standing = (event) => {
  switch (event.status) {
    case 'COMPLETED':
      return html`partition ${event.partition}, offset ${event.offset ?? 'unknown'}`;
    case 'QUARANTINED':
      return html`given up after ${event.attempts} attempts`;
    case 'SKIPPED':
      return html`by ${event.skippedBy}`;
    case 'PENDING':
      if (event.heldBy) return html`behind ${eventLink(event.heldBy)}`;
      if (event.attempts === 0) return html`waits for the relay`;
      return html`attempt ${event.attempts} of 7
      failed${event.nextAttemptAt === null ? nothing : html`, next ${untilText(event.nextAttemptAt)}`}`;
  }
  return nothing;
};

const untilText = (at) => {
  const ms = Date.parse(at) - Date.now();
  return ms <= 0 ? 'at once' : `in ${duration(ms)}`;
};

/** What stands in the way; what once did is in the event's own page. */
export const lastErrorCell = ({ status, lastError }) =>
  lastError === null || status === 'COMPLETED'
    ? html`<td data-name="Last error"><span class="dim">–</span></td>`
    : html`<td data-name="Last error" class="clip" title=${lastError}>${lastError}</td>`;

/** Something that is not there, and what to do about it. */
export const empty = (title, hint) =>
  html`<div class="empty">
    <p class="empty-title">${title}</p>
    <p>${hint}</p>
  </div>`;

export const problemBox = (problem) =>
  problem === undefined
    ? nothing
    : html`<div class="notice bad" role="alert"><strong>${problem.message}</strong> ${problem.detail}</div>`;

export const facts = (pairs) =>
  html`<dl class="facts">
    ${pairs.map(([name, value]) =>
      value === undefined || value === null
        ? nothing
        : html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
    )}
  </dl>`;

/** Reads on: newest first, a page at a time. */
export const pager = ({ newest, older }) =>
  newest === undefined && older === undefined
    ? nothing
    : html`<nav class="pager" aria-label="Pages">
        ${newest === undefined ? nothing : html`<a class="button" href=${newest}>Back to the first page</a>`}
        ${older === undefined ? nothing : html`<a class="button" href=${older}>Next page</a>`}
      </nav>`;

export const numeric = (name) => html`<th scope="col" class="num">${name}</th>`;

/** The head of a column that needs no words for who sees it. */
export const unseen = (name) => html`<th scope="col"><span class="unseen">${name}</span></th>`;

/** `columns` are names, or heads as `numeric` and `unseen` make them; `below` stands under the table. */
export const table = (label, columns, rows, below = nothing) =>
  html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table class="cards">
      <thead>
        <tr>
          ${columns.map((column) => (typeof column === 'string' ? html`<th scope="col">${column}</th>` : column))}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    ${below}
  </div>`;

const OUTCOMES = {
  released: ['released', 'good'],
  'not-parked': ['was not parked', 'dim'],
  'not-done': ['not done', 'bad'],
  unknown: ['outcome unknown', 'warn'],
};

const whatDone = ({ action, outcome }) =>
  outcome === undefined ? action : html`${action} ${badge(...OUTCOMES[outcome])}`;

const ofWhat = ({ eventId, orderId, consumer }) => {
  if (consumer !== undefined) return html`${orderLink(orderId)} at ${consumer}`;
  return eventId === null ? '–' : eventLink(eventId);
};

const why = ({ reason, detail }) =>
  html`${reason ?? '–'}${detail ? html` <span class="dim">${detail}</span>` : nothing}`;

/** The table of acts, on record. */
export const actsTable = (acts, withSubject) =>
  table(
    'Acts on record',
    ['When (UTC)', 'Who', 'What', withSubject ? 'Of what' : nothing, 'Why'],
    acts.map(
      (act) =>
        html`<tr>
          <td data-name="When">${moment(act.at)}</td>
          <td data-name="Who">${act.actor}</td>
          <td data-name="What">${whatDone(act)}</td>
          ${withSubject ? html`<td data-name="Of what">${ofWhat(act)}</td>` : nothing}
          <td data-name="Why" class="wrap">${why(act)}</td>
        </tr>`,
    ),
  );
