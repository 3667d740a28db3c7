import { grouped } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { ShownOrders } from '../interesting-orders.ts';
import { timelineKey } from './timeline.ts';

export const ordersSection = ({ orders, of }: ShownOrders): Html => html`
  <h2 id="orders">The life of an order</h2>
  <p class="soft">
    ${
      orders.length === of
        ? `All ${grouped(of)} orders of the run, those worth a look first.`
        : `${grouped(orders.length)} of ${grouped(of)} orders, those worth a look first.`
    }
    Times count from the first thing known of the order.
  </p>
  ${timelineKey}
  <div class="orders">
    <div class="card picker">
      <label for="order-filter">Find an order</label>
      <input id="order-filter" type="search" placeholder="order ID, status or reason" autocomplete="off" />
      <p class="soft" id="order-count" aria-live="polite"></p>
      <ul id="order-list"></ul>
    </div>
    <div class="card" id="order-timeline"><p class="soft">This part needs JavaScript.</p></div>
  </div>
`;
