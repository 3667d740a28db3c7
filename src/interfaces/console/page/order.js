import { html, nothing } from './lib/lit-html/lit-html.js';
import { get, queryOf } from './api.js';
import { counted, duration, moment, number, timeOfDay } from './format.js';
import { badge, empty, eventLink, facts, lastErrorCell, numeric, standing, statusBadge, table } from './parts.js';

/** Waiting longer than this is worth a colour. */
const LONG_MS = 1_000;

const money = ({ amountMinor, currency }) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(amountMinor / 10 ** digitsOf(currency));

const digitsOf = (currency) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;

const toneOf = (what) => {
  if (/failed|parked|refused/.test(what)) return 'bad';
  if (/waits|skipped/.test(what)) return 'warn';
  return /applied|published/.test(what) ? 'good' : 'calm';
};

/** The same text again and again hides what differs. */
const withoutRepeats = (timeline) => {
  let previous = null;
  return timeline.map((entry) => {
    const isRepeated = entry.detail !== null && entry.detail === previous && toneOf(entry.what) === 'bad';
    previous = entry.detail ?? previous;
    return isRepeated ? { ...entry, detail: 'the same again' } : entry;
  });
};

const step = ({ at, sequence, event, what, detail, sinceStartMs, sincePreviousMs }) =>
  html`<li class=${`step ${toneOf(what)}`}>
    <div class="step-when">
      <time datetime=${at} title=${`${moment(at)} UTC`}>${timeOfDay(at)}</time>
      <span class="dim">+${duration(sinceStartMs)}</span>
    </div>
    <div class="step-what">
      <strong>${event} <span class="dim">#${sequence}</span></strong> ${what}
      ${detail === null ? nothing : html`<span class="step-detail">${detail}</span>`}
    </div>
    <div class=${`step-wait ${sincePreviousMs >= LONG_MS ? 'long' : ''}`}>waited ${duration(sincePreviousMs)}</div>
  </li>`;

const events = (list) =>
  table(
    'Events of the order',
    [numeric('Seq'), 'Event', 'Status', 'Stands', 'Last error'],
    list.map(
      (event) =>
        html`<tr>
          <td data-name="Seq" class="num">${event.sequence}</td>
          <th scope="row" data-name="Event">${eventLink(event.eventId, event.type)}</th>
          <td data-name="Status">${statusBadge(event)}</td>
          <td data-name="Stands">${standing(event)}</td>
          ${lastErrorCell(event)}
        </tr>`,
    ),
  );

/** The page of consumers, at this one. */
const parkedAt = (name) => `#/consumers${queryOf({ consumer: name })}`;

const consumer = ({ consumer: name, progress, unknown }) => {
  if (progress === undefined) return [name, html`${badge('unknown', 'warn')} ${unknown}`];
  const { lastSequence, waiting, parked } = progress;
  return [
    name,
    html`${lastSequence === 0 ? 'has applied nothing yet' : `applied up to #${lastSequence}`}${waiting === 0 ? '' : `, ${counted(waiting, 'event waits', 'events wait')}`}
    ${
      parked === null
        ? nothing
        : html`${badge('parked', 'bad')} ${parked} <a href=${parkedAt(name)}>See what it has parked</a>`
    }`,
  ];
};

const purged = (through) =>
  through === 0
    ? nothing
    : html`<p class="hint">
        ${through === 1 ? 'Event 1 was' : `Events 1 to ${number(through)} were`} published and purged since; only the
        consumers still tell of them.
      </p>`;

export const orderPage = {
  title: () => 'Order',
  everyMs: 3_000,
  load: ({ id }, signal) => get(`/orders/${encodeURIComponent(id)}/explanation`, signal),
  view: ({ order, purgedThrough, events: list, consumers, timeline }) =>
    html`<div class="headline">
        <h2>Order <span class="id">${order.orderId}</span> ${badge(order.status, 'calm')}</h2>
      </div>
      <section class="card">
        ${facts([
          ['Placed', html`${moment(order.placedAt)} UTC`],
          ['Version', order.version],
          ['Total', money(order.total)],
          ...consumers.map(consumer),
        ])}
        ${
          consumers.length === 0
            ? html`<p class="hint">What consumers made of it is unknown: set PROGRESS_URLS where the service runs.</p>`
            : nothing
        }
      </section>
      <section>
        <h2>Events</h2>
        ${purged(purgedThrough)} ${events(list)}
      </section>
      <section>
        <h2>Timeline <span class="dim">UTC, each by the clock of its own database</span></h2>
        ${
          timeline.length === 0
            ? empty('Nothing is on record any more.', 'Its events were published and purged.')
            : html`<ol class="timeline">
                ${withoutRepeats(timeline).map(step)}
              </ol>`
        }
      </section>`,
};
