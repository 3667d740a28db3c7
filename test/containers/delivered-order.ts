import { expect } from 'chai';
import * as t from 'io-ts';
import { decoded } from '../support/decoded.ts';
import { eventually } from '../support/eventually.ts';

const Placed = t.type({ orderId: t.string });
const Status = t.type({ status: t.string });

/** Places an order, and waits until payment and shipping have taken it to its delivery. */
export const deliveredOrder = async (apiUrl: string): Promise<void> => {
  const answer = await fetch(`${apiUrl}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'the-first' },
    body: JSON.stringify({
      customerId: 'customer-1',
      lines: [{ sku: 'tea', quantity: 2, unitPrice: { amountMinor: 450, currency: 'EUR' } }],
    }),
  });
  expect(answer.status).to.equal(201);
  const { orderId } = decoded(Placed, await answer.json());
  await eventually(async () => {
    const order = decoded(Status, await (await fetch(`${apiUrl}/orders/${orderId}`)).json());
    expect(order.status).to.equal('delivered');
  });
};
