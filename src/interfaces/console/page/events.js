/* global location, FormData */
import { html, nothing } from './lib/lit-html/lit-html.js';
import { live } from './lib/lit-html/directives/live.js';
import { repeat } from './lib/lit-html/directives/repeat.js';
import { askToRedriveMany, askToSkipMany } from './acts.js';
import { get, queryOf } from './api.js';
import { choice } from './choice.js';
import {
  empty,
  eventLink,
  lastErrorCell,
  orderLink,
  pager,
  standing,
  statusBadge,
  table,
  unseen,
  when,
} from './parts.js';

const STATUSES = [
  ['', 'All'],
  ['PENDING', 'Pending'],
  ['QUARANTINED', 'Quarantined'],
  ['SKIPPED', 'Skipped'],
  ['COMPLETED', 'Published'],
];

const filterOf = ({ query }) => ({
  status: query.get('status') ?? '',
  type: query.get('type') ?? '',
  error: query.get('error') ?? '',
  orderId: query.get('orderId') ?? '',
});

const address = (filter) => `#/events${queryOf(filter)}`;

const search = (route) => (submitted) => {
  submitted.preventDefault();
  const form = new FormData(submitted.target);
  const { status } = filterOf(route);
  const text = (name) => String(form.get(name)).trim();
  location.hash = address({ status, type: text('type'), error: text('error'), orderId: text('orderId').toLowerCase() });
};

const tabs = (filter) =>
  html`<nav class="tabs" aria-label="Status">
    ${STATUSES.map(
      ([status, name]) =>
        html`<a href=${address({ ...filter, status })} aria-current=${status === filter.status ? 'page' : nothing}
          >${name}</a
        >`,
    )}
  </nav>`;

const searchForm = (route) => {
  const filter = filterOf(route);
  const isNarrow = filter.type !== '' || filter.error !== '' || filter.orderId !== '';
  return html`<form class="filters" role="search" @submit=${search(route)}>
    <label class="field"
      ><span>Type</span><input name="type" .value=${live(filter.type)} placeholder="OrderPlaced" autocomplete="off"
    /></label>
    <label class="field"
      ><span>Error contains</span
      ><input name="error" .value=${live(filter.error)} placeholder="too large" autocomplete="off"
    /></label>
    <label class="field wide"
      ><span>Order</span><input name="orderId" .value=${live(filter.orderId)} placeholder="order ID" autocomplete="off"
    /></label>
    <button type="submit">Search</button>
    ${isNarrow ? html`<a class="button" href=${address({ status: filter.status })}>Clear</a>` : nothing}
  </form>`;
};

const chosen = choice();

const box = (event, context) => chosen.box(event.eventId, `Choose ${event.type} of order ${event.orderId}`, context);

const mayChoose = ({ route, session }) => session.role === 'operator' && filterOf(route).status === 'QUARANTINED';

/** Acts on those that are ticked, else on all that are like what was searched for. */
const bulk = (events, context) => {
  if (!mayChoose(context) || events.length === 0) return nothing;
  const eventIds = chosen.among(events.map(({ eventId }) => eventId));
  const { type, error, orderId } = filterOf(context.route);
  const like = Object.fromEntries(Object.entries({ type, error, orderId }).filter(([, value]) => value !== ''));
  const selection = eventIds.length > 0 ? { eventIds } : { filter: like };
  const all = Object.keys(like).length === 0 ? 'all' : 'all like this';
  const which = eventIds.length > 0 ? `${eventIds.length} chosen` : all;
  const done = (text) => {
    chosen.clear();
    context.did(text);
  };
  const ask = (asking) => () => void asking(selection, done).catch(context.failed);
  return html`<div class="buttons" role="group" aria-label="Acts on many events">
    <button type="button" class="primary" @click=${ask(askToRedriveMany)}>Redrive ${which}…</button>
    <button type="button" class="danger" @click=${ask(askToSkipMany)}>Skip ${which}…</button>
  </div>`;
};

const row = (context) => (event) =>
  html`<tr>
    ${mayChoose(context) ? box(event, context) : nothing}
    <td data-name="Status">${statusBadge(event)}</td>
    <th scope="row" data-name="Event">${eventLink(event.eventId, event.type)}</th>
    <td data-name="Order">${orderLink(event.orderId)} <span class="dim">#${event.sequence}</span></td>
    <td data-name="Stands">${standing(event)}</td>
    ${lastErrorCell(event)}
    <td data-name="Raised">${when(event.createdAt)}</td>
  </tr>`;

const nothingFound = ({ status, type, error, orderId }) => {
  if (type !== '' || error !== '' || orderId !== '')
    return empty('Nothing is like that.', 'Take something out of the search, or look among all events.');
  switch (status) {
    case 'QUARANTINED':
      return empty(
        'Nothing is quarantined.',
        'When Kafka refuses an event seven times, it waits here for you to redrive or skip it.',
      );
    case 'PENDING':
      return empty('Nothing is pending.', 'Every event that was committed is published.');
    case 'SKIPPED':
      return empty('Nothing was ever skipped.', 'Events that an operator gave up are kept here, with who and why.');
    default:
      return empty('No events yet.', 'They come with the first order: POST /orders, see /docs.');
  }
};

const list = (events, next, filter, context) =>
  events.length === 0 && next === null
    ? nothingFound(filter)
    : table(
        'Events',
        [mayChoose(context) ? unseen('Choose') : nothing, 'Status', 'Event', 'Order', 'Stands', 'Last error', 'Raised'],
        repeat(events, ({ eventId }) => eventId, row(context)),
        events.length === 0
          ? html`<p class="hint">None among the newest 20,000; the next page looks further back.</p>`
          : nothing,
      );

export const eventsPage = {
  title: () => 'Events',
  everyMs: 5_000,
  load: ({ query }, signal) => get(`/outbox${queryOf(Object.fromEntries(query))}`, signal),
  before: (route) => html`${tabs(filterOf(route))} ${searchForm(route)}`,
  view: ({ events, next }, context) => {
    const { route } = context;
    const filter = filterOf(route);
    return html`${bulk(events, context)} ${list(events, next, filter, context)}
    ${pager({
      newest: route.query.has('before') ? address(filter) : undefined,
      older: next === null ? undefined : address({ ...filter, before: next }),
    })}`;
  },
};
