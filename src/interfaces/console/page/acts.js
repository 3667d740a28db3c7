import { html, nothing } from './lib/lit-html/lit-html.js';
import { act, newKey } from './api.js';
import { askToAct } from './dialog.js';
import { counted, number, shortId } from './format.js';

/** Sent again after a lost answer, the same request has the same key and is done once. */
const once = (send) => {
  const key = newKey();
  return (reason) => send(reason, key);
};

const named = ({ type, sequence, orderId }) =>
  html`${type}, event ${sequence} of order <span class="one-line">${shortId(orderId)}</span>`;

export const askToRedrive = (event, done) =>
  askToAct({
    title: 'Redrive this event?',
    body: html`<p>${named(event)}</p>
      <p>
        It goes back to work with all its attempts; the events that wait behind it follow in order. This is safe to do
        at any time, and pointless while the cause is still there: it would be quarantined again.
      </p>`,
    reasonRequired: false,
    reasonHint: 'the limit of the topic was raised',
    reasonNote: 'Kept with your name in the audit.',
    verb: 'Redrive',
    tone: 'primary',
    run: once((reason, key) => act(`/outbox/${event.eventId}/redrive`, reason === '' ? {} : { reason }, key)),
    done: () => done('The event went back to work.'),
  });

export const askToSkip = (event, done) =>
  askToAct({
    title: 'Give up this event for good?',
    body: html`<p>${named(event)}</p>
      <p>
        It will never be published. Consumers are told by an <code>EventSkipped</code> in its place, and the events that
        wait behind it follow. <strong>This cannot be taken back.</strong> What the event says must be told to whoever
        needs it in another way.
      </p>`,
    reasonRequired: true,
    reasonHint: 'told to payment by hand',
    reasonNote: 'Kept with your name in the audit, and told to consumers: name no person.',
    verb: 'Skip for good',
    tone: 'danger',
    run: once((reason, key) => act(`/outbox/${event.eventId}/skip`, { reason }, key)),
    done: () => done('The event is skipped; an EventSkipped goes out in its place.'),
  });

const MOST_AT_ONCE = 500;

/** Those that were chosen by a filter are others than the page lists. */
const which = (filter, more) => {
  if (filter === undefined) return nothing;
  return `, the newest, at most ${MOST_AT_ONCE} at once${more ? '; there are more, which are for the next time' : ''}`;
};

/** What a request that changed nothing has found. */
const found = ({ filter }, { done, refused, more }, verb) =>
  html`<p><strong>${counted(done.length, 'event')}</strong> would be ${verb}${which(filter, more)}.</p>
    ${
      refused.length === 0
        ? nothing
        : html`<details>
            <summary>${counted(refused.length, 'event is', 'events are')} left alone</summary>
            <ul>
              ${refused.map(({ detail }) => html`<li>${detail}</li>`)}
            </ul>
          </details>`
    }`;

const told = ({ done, refused, more }, what) =>
  [
    `${counted(done.length, 'event is', 'events are')} ${what}.`,
    refused.length === 0 ? '' : ` ${counted(refused.length, 'was', 'were')} left alone.`,
    more ? ' There are more: do it again for the others.' : '',
  ].join('');

const REHEARSAL = { reason: 'rehearsed in the console', dryRun: true };

/** `chosen`: `{ eventIds }`, or `{ filter }`. Asks first what would be done. */
export const askToRedriveMany = async (chosen, done) => {
  const outcome = await act('/outbox/redrive', { ...chosen, ...REHEARSAL }, newKey());
  askToAct({
    title: outcome.done.length === 1 ? 'Redrive this event?' : 'Redrive these events?',
    body: html`${found(chosen, outcome, 'redriven')}
      <p>Back to work means with all attempts. What is not mended would be quarantined again.</p>`,
    reasonRequired: false,
    reasonHint: 'the limit of the topic was raised',
    reasonNote: 'Kept with your name in the audit, for each event.',
    verb: `Redrive ${number(outcome.done.length)}`,
    tone: 'primary',
    run: once((reason, key) => act('/outbox/redrive', { ...chosen, ...(reason === '' ? {} : { reason }) }, key)),
    done: (result) => done(told(result, 'back to work')),
  });
};

export const askToSkipMany = async (chosen, done) => {
  const outcome = await act('/outbox/skip', { ...chosen, ...REHEARSAL }, newKey());
  askToAct({
    title: outcome.done.length === 1 ? 'Give up this event for good?' : 'Give up these events for good?',
    body: html`${found(chosen, outcome, 'skipped')}
      <p>
        What is skipped will never be published. Consumers are told by an <code>EventSkipped</code> in its place.
        <strong>This cannot be taken back.</strong>
      </p>`,
    reasonRequired: true,
    reasonHint: 'told to payment by hand',
    reasonNote: 'Kept with your name in the audit, and told to consumers: name no person.',
    verb: `Skip ${number(outcome.done.length)} for good`,
    tone: 'danger',
    run: once((reason, key) => act('/outbox/skip', { ...chosen, reason }, key)),
    done: (result) => done(told(result, 'skipped')),
  });
};

/** What may be done to a quarantined event, by whom may do it. */
export const actButtons = (event, { session, did }) => {
  if (event.status !== 'QUARANTINED') return nothing;
  if (session.role !== 'operator') return html`<p class="hint">Your token may look, not act.</p>`;
  return html`<div class="buttons">
    <button type="button" class="primary" @click=${() => askToRedrive(event, did)}>Redrive…</button>
    <button type="button" class="danger" @click=${() => askToSkip(event, did)}>Skip…</button>
  </div>`;
};
