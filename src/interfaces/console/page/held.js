import { html, nothing } from './lib/lit-html/lit-html.js';
import { repeat } from './lib/lit-html/directives/repeat.js';
import { actButtons } from './acts.js';
import { get, queryOf } from './api.js';
import { number } from './format.js';
import { empty, eventLink, numeric, orderLink, pager, standing, statusBadge, table, unseen, when } from './parts.js';

const MOST_COUNTED = 1_000;

const row =
  (context) =>
  ({ orderId, head, heldEvents, since }) =>
    html`<tr>
      <th scope="row" data-name="Order">${orderLink(orderId)}</th>
      <td data-name="Held by">
        ${statusBadge(head)} ${eventLink(head.eventId, head.type)} <span class="dim">#${head.sequence}</span>
      </td>
      <td data-name="Stands">${standing(head)}</td>
      <td data-name="Last error" class="clip" title=${head.lastError ?? ''}>${head.lastError ?? nothing}</td>
      <td data-name="Waiting" class="num">${heldEvents === MOST_COUNTED ? 'at least ' : ''}${number(heldEvents)}</td>
      <td data-name="Since">${when(since)}</td>
      <td data-name="Acts">${actButtons(head, context)}</td>
    </tr>`;

export const heldPage = {
  title: () => 'Held orders',
  everyMs: 5_000,
  load: ({ query }, signal) => get(`/outbox/blocked${queryOf(Object.fromEntries(query))}`, signal),
  view: ({ orders, next }, context) =>
    html`<p class="what-now">
        An order whose earlier event retries or is quarantined: its later events wait, so that order is kept. All other
        orders go on.
      </p>
      ${
        orders.length === 0
          ? empty('No order is held.', 'Nothing retries and nothing is quarantined.')
          : table(
              'Held orders',
              ['Order', 'Held by', 'Stands', 'Last error', numeric('Waiting'), 'Since', unseen('Acts')],
              repeat(orders, ({ orderId }) => orderId, row(context)),
            )
      }
      ${pager({
        newest: context.route.query.has('after') ? '#/held' : undefined,
        older: next === null ? undefined : `#/held${queryOf({ after: next })}`,
      })}`,
};
