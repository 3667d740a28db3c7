import { html, nothing } from './lib/lit-html/lit-html.js';
import { act, newKey } from './api.js';
import { whatHelps } from './causes.js';
import { askToAct } from './dialog.js';
import { counted, number, shortId } from './format.js';

const NOTE = 'Kept with your name in the audit, before the consumer is asked.';

const path = (consumer, rest) => `/consumers/${encodeURIComponent(consumer)}/parked/${rest}`;

/**
 * Sent again after a lost answer, the same request has the same key and goes on from there. The service keeps the key before it
 * asks the consumer, so another reason, after a failure, has another: to ask a consumer twice is harmless.
 */
const oncePerReason = (send) => {
  const keys = new Map();
  return (reason) => {
    if (!keys.has(reason)) keys.set(reason, newKey());
    return send(reason, keys.get(reason));
  };
};

const helps = (cause) => {
  const text = whatHelps(cause);
  return text === undefined ? nothing : html`<p>${text}</p>`;
};

export const askToReprocess = (consumer, { orderId, cause, behind }, done) =>
  askToAct({
    title: 'Re-process this order?',
    body: html`<p>
        Order ${shortId(orderId)} at ${consumer}${behind === 0 ? '' : `, with ${counted(behind, 'event')} behind`}
      </p>
      ${helps(cause)}
      <p>
        The consumer tries its stored events again, in sequence. Nothing is lost by trying: what still fails is parked
        again.
      </p>`,
    reasonRequired: true,
    reasonHint: 'the handler is mended',
    reasonNote: NOTE,
    verb: 'Re-process',
    tone: 'primary',
    run: oncePerReason((reason, key) => act(path(consumer, `${orderId}/reprocess`), { reason }, key)),
    done: () => done(`${consumer} has released the order, and tries it again.`),
  });

const MOST_AT_ONCE = 200;

/** Those that were chosen by a filter are others than the page lists. */
const which = ({ filter }, { more }) => {
  if (filter === undefined) return nothing;
  const rest = more ? '; there are more, which are for the next time' : '';
  return `, those that are parked for longest, at most ${MOST_AT_ONCE} at once${rest}`;
};

const REHEARSAL = { reason: 'rehearsed in the console', dryRun: true };

/** `chosen`: `{ orderIds }`, or `{ filter }`. Asks first what would be done. */
export const askToReprocessMany = async (consumer, chosen, done) => {
  const found = await act(path(consumer, 'reprocess'), { ...chosen, ...REHEARSAL }, newKey());
  askToAct({
    title: 'Re-process these orders?',
    body: html`<p>
        <strong>${counted(found.done.length, 'order')}</strong> would be released at ${consumer}${which(chosen, found)}.
        ${found.refused.length === 0 ? nothing : `${counted(found.refused.length, 'order is', 'orders are')} not parked any more.`}
      </p>
      ${helps(chosen.filter?.cause)}
      <p>The consumer tries their stored events again, in sequence. What still fails is parked again.</p>`,
    reasonRequired: true,
    reasonHint: 'the consumer is upgraded',
    reasonNote: NOTE,
    verb: `Re-process ${number(found.done.length)}`,
    tone: 'primary',
    run: oncePerReason((reason, key) => act(path(consumer, 'reprocess'), { ...chosen, reason }, key)),
    done: ({ done: released, refused, more }) =>
      done(
        [
          `${consumer} has released ${counted(released.length, 'order')}.`,
          refused.length === 0 ? '' : ` ${counted(refused.length, 'was', 'were')} not parked any more.`,
          more ? ' There are more: do it again for the others.' : '',
        ].join(''),
      ),
  });
};
