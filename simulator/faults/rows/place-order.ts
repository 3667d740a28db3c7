import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { OrderBody } from '../../workload/plan.ts';

const PlacedOrder = t.readonly(
  t.type({ orderId: t.string, total: t.readonly(t.type({ amountMinor: t.number, currency: t.string })) }),
);
export type PlacedOrder = t.TypeOf<typeof PlacedOrder>;

/** A request with a key of its own, sent once. @throws unless it is accepted */
export const postTo = async (apiUrl: string, path: string, body: unknown): Promise<unknown> => {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const answer = await fetch(`${apiUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`POST ${path} was answered ${answer.status}`);
  return answer.json();
};

/** @throws unless the order is accepted */
export const placeOrder = async (apiUrl: string, body: OrderBody): Promise<PlacedOrder> => {
  const placed = PlacedOrder.decode(await postTo(apiUrl, '/orders', body));
  if (E.isLeft(placed)) throw new Error('the answer to an order does not tell its number and total');
  return placed.right;
};
