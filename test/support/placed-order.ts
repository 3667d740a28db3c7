import { expect } from 'chai';
import * as t from 'io-ts';
import { OrderEventsAnswer, requestExamples } from '../../src/interfaces/contract/http.ts';
import { decoded } from './decoded.ts';
import { eventually } from './eventually.ts';
import { post, send } from './http-client.ts';

/** Places an order at the API at `url`; answers its ID. */
export const placeOrder = async (url: string): Promise<string> => {
  const { body } = await send(url, post('/orders', requestExamples.PlaceOrder));
  return decoded(t.type({ orderId: t.string }), JSON.parse(body)).orderId;
};

/** Resolves when the event of an order that was just placed is published. */
export const untilPublished = (url: string, orderId: string, limitMs?: number): Promise<void> =>
  eventually(async () => {
    const { body } = await send(url, { method: 'GET', path: `/orders/${orderId}/events` });
    const { events } = decoded(OrderEventsAnswer, JSON.parse(body));
    expect(events.map(({ standing }) => standing.state)).to.deep.equal(['published']);
  }, limitMs);
