/* global location, FormData */
import { html, nothing } from './lib/lit-html/lit-html.js';
import { repeat } from './lib/lit-html/directives/repeat.js';
import { Problem, get, queryOf } from './api.js';
import { CAUSES, causeName, whatHelps } from './causes.js';
import { choice } from './choice.js';
import { counted, number } from './format.js';
import { badge, empty, eventLink, facts, numeric, orderLink, pager, table, unseen, when } from './parts.js';
import { askToReprocess, askToReprocessMany } from './reprocess.js';

const MOST_COUNTED = 1_000;

const causeOf = ({ query }) => query.get('cause') ?? '';

/** The one that was asked for, else the first that has parked something, else the first. */
const consumerIn = (consumers, { query }) =>
  consumers.find(({ consumer }) => consumer === query.get('consumer')) ??
  consumers.find(({ status }) => status?.parkedOrders > 0) ??
  consumers[0];

const address = (query) => `#/consumers${queryOf(query)}`;

const parkedOf = ({ consumer }, { query }, signal) => {
  const asked = { cause: query.get('cause') ?? '', after: query.get('after') ?? '' };
  return get(`/consumers/${encodeURIComponent(consumer)}/parked${queryOf(asked)}`, signal);
};

/** The service that does not answer, or knows nobody, takes the page away; a consumer that does not answer only its own list. */
const parkedOrWhyNot = async (one, route, signal) => {
  try {
    return { parked: await parkedOf(one, route, signal) };
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status === 0 || problem.status === 401) throw problem;
    return { problem };
  }
};

const countOf = ({ status }) => (status === null ? badge('unknown', 'warn') : number(status.parkedOrders));

const tabs = (consumers, current, cause) =>
  html`<nav class="tabs" aria-label="Consumer">
    ${consumers.map(
      (one) =>
        html`<a href=${address({ consumer: one.consumer, cause })} aria-current=${one === current ? 'page' : nothing}
          >${one.consumer} <span class="dim">${countOf(one)}</span></a
        >`,
    )}
  </nav>`;

const search = (consumer) => (submitted) => {
  submitted.preventDefault();
  location.hash = address({ consumer, cause: new FormData(submitted.target).get('cause') });
};

const causeForm = (consumer, cause) =>
  html`<form class="filters" role="search" @submit=${search(consumer)}>
    <label class="field"
      ><span>Parked because</span>
      <select name="cause">
        <option value="" ?selected=${cause === ''}>any cause</option>
        ${CAUSES.map(([value, name]) => html`<option value=${value} ?selected=${cause === value}>${name}</option>`)}
      </select></label
    >
    <button type="submit">Search</button>
  </form>`;

const state = ({ joined, failure }) =>
  joined ? badge('reading', 'good') : html`${badge('not joined', 'warn')} ${failure ?? nothing}`;

const standing = ({ status }) =>
  html`<section class="card">
    ${facts([
      ['State', state(status)],
      ['Lag', number(status.lag)],
      ['Parked orders', number(status.parkedOrders)],
      ['Waiting events', number(status.waitingEvents)],
    ])}
    ${
      status.parkedRecords === 0
        ? nothing
        : html`<p class="hint">
            ${counted(status.parkedRecords, 'record does', 'records do')} not say whose
            ${status.parkedRecords === 1 ? 'it is' : 'they are'}: kept in the consumer’s table
            <code>inbox_parked_records</code>. No order waits for ${status.parkedRecords === 1 ? 'it' : 'them'}, and
            there is nothing to re-process.
          </p>`
    }
  </section>`;

const chosen = choice();
let shown;

/** What is ticked at one consumer is not meant at another. */
const showing = (one) => {
  if (one?.consumer !== shown) chosen.clear();
  shown = one?.consumer;
};

const mayAct = ({ mayReprocess }, { session }) => mayReprocess && session.role === 'operator';

const bulk = (one, orders, cause, context) => {
  if (!mayAct(one, context) || orders.length === 0) return nothing;
  const orderIds = chosen.among(orders.map(({ orderId }) => orderId));
  const selection = orderIds.length > 0 ? { orderIds } : { filter: cause === '' ? {} : { cause } };
  const all = cause === '' ? 'all' : 'all with this cause';
  const which = orderIds.length > 0 ? `${orderIds.length} chosen` : all;
  const done = (text) => {
    chosen.clear();
    context.did(text);
  };
  return html`<div class="buttons" role="group" aria-label="Acts on many orders">
    <button
      type="button"
      class="primary"
      @click=${() => void askToReprocessMany(one.consumer, selection, done).catch(context.failed)}
    >
      Re-process ${which}…
    </button>
  </div>`;
};

const parkedEvent = (event) =>
  event === null
    ? html`<span class="dim">–</span>`
    : html`${eventLink(event.eventId, event.type ?? undefined)}
      ${event.sequence === null ? nothing : html`<span class="dim">#${event.sequence}</span>`}`;

const row = (one, context) => (order) =>
  html`<tr>
    ${mayAct(one, context) ? chosen.box(order.orderId, `Choose order ${order.orderId}`, context) : nothing}
    <th scope="row" data-name="Order">${orderLink(order.orderId)}</th>
    <td data-name="Because">${causeName(order.cause)}</td>
    <td data-name="Event">${parkedEvent(order.event)}</td>
    <td data-name="Behind" class="num">${order.behind === MOST_COUNTED ? 'at least ' : ''}${number(order.behind)}</td>
    <td data-name="Error" class="wrap">${order.error}</td>
    <td data-name="Since">${when(order.since)}</td>
    ${
      mayAct(one, context)
        ? html`<td data-name="Acts">
            <button
              type="button"
              class="primary"
              aria-label=${`Re-process order ${order.orderId}…`}
              @click=${() => askToReprocess(one.consumer, order, context.did)}
            >
              Re-process…
            </button>
          </td>`
        : nothing
    }
  </tr>`;

const whyNotAct = ({ consumer, mayReprocess }, { session }) => {
  if (session.role !== 'operator') return html`<p class="hint">Your token may look, not act.</p>`;
  return mayReprocess
    ? nothing
    : html`<p class="hint">
        To re-process from here, set <code>REPROCESS_TOKENS</code> where the service runs to
        <code>${consumer}=TOKEN</code>, with the <code>REPROCESS_TOKEN</code> of ${consumer}.
      </p>`;
};

const list = (one, { orders, next }, context) => {
  const { route } = context;
  const cause = causeOf(route);
  if (orders.length === 0)
    return cause === '' && !route.query.has('after')
      ? empty(
          `${one.consumer} has parked nothing.`,
          'What it cannot apply waits here, with its later events, until it is re-processed.',
        )
      : empty('Nothing is parked like that.', 'Look at what is parked for anything.');
  const acts = mayAct(one, context);
  return html`${whyNotAct(one, context)} ${bulk(one, orders, cause, context)}
  ${table(
    'Parked orders',
    [
      acts ? unseen('Choose') : nothing,
      'Order',
      'Because',
      'Event',
      numeric('Behind'),
      'Error',
      'Since',
      acts ? unseen('Acts') : nothing,
    ],
    repeat(orders, ({ orderId }) => orderId, row(one, context)),
  )}
  ${pager({
    newest: route.query.has('after') ? address({ consumer: one.consumer, cause }) : undefined,
    older: next === null ? undefined : address({ consumer: one.consumer, cause, after: next }),
  })}`;
};

const notKnown = ({ consumer }, why) =>
  html`<div class="notice warn"><strong>${consumer} cannot be asked.</strong> ${why}</div>`;

const whatIsParked = (one, parked, problem, context) =>
  parked === undefined ? notKnown(one, html`${problem.message}. ${problem.detail}`) : list(one, parked, context);

export const consumersPage = {
  title: () => 'Consumers',
  everyMs: 5_000,
  load: async (route, signal) => {
    const { consumers } = await get('/consumers', signal);
    const one = consumerIn(consumers, route);
    const isKnown = one !== undefined && one.status !== null;
    const answer = isKnown ? await parkedOrWhyNot(one, route, signal) : {};
    showing(one);
    return { consumers, one, ...answer };
  },
  view: ({ consumers, one, parked, problem }, context) => {
    if (one === undefined)
      return empty(
        'No consumer is known here.',
        'Set PROGRESS_URLS where the service runs: name=http://host:port of each, separated by commas.',
      );
    const cause = causeOf(context.route);
    return html`<p class="what-now">
        An order that a consumer cannot apply is parked: its later events wait behind it, all other orders go on. Mend
        the cause, then re-process it. ${whatHelps(cause) ?? nothing}
      </p>
      ${tabs(consumers, one, cause)}
      ${
        one.status === null
          ? notKnown(one, one.unknown)
          : html`${standing(one)} ${causeForm(one.consumer, cause)} ${whatIsParked(one, parked, problem, context)}`
      }`;
  },
};
