import { html, nothing } from './lib/lit-html/lit-html.js';
import { act, newKey } from './api.js';
import { askToAct } from './dialog.js';
import { shortId } from './format.js';

/** Sent again after a lost answer, the same request has the same key and is done once. */
const once = (send) => {
  const key = newKey();
  return (reason) => send(reason, key);
};

const named = ({ type, sequence, orderId }) => `${type}, event ${sequence} of order ${shortId(orderId)}`;

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
    done: () => done('The event is pending again.'),
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
    done: () => done('The event is skipped; an EventSkipped is pending in its place.'),
  });

/** What may be done to a quarantined event, by whom may do it. */
export const actButtons = (event, { session, did }) => {
  if (event.status !== 'QUARANTINED') return nothing;
  if (session.role !== 'operator') return html`<p class="hint">Your token may look, not act.</p>`;
  return html`<div class="buttons">
    <button type="button" class="primary" @click=${() => askToRedrive(event, did)}>Redrive…</button>
    <button type="button" class="danger" @click=${() => askToSkip(event, did)}>Skip…</button>
  </div>`;
};
