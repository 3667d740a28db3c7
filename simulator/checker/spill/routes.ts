import type { Evidence } from '../evidence.ts';

/** Sources whose rows are about one order each. The others are few, and every shard sees them whole. */
export const SHARDED = [
  'history',
  'orders',
  'outbox',
  'skipped',
  'attempts',
  'audit',
  'quarantines',
  'log',
  'effects',
  'inbox',
  'waiting',
  'consumerOrders',
  'callbacks',
] as const;

export type ShardedName = (typeof SHARDED)[number];
export type RowOf<Name extends ShardedName> = Evidence[Name]['rows'][number];

/**
 * Where a row belongs. `order`: it names its order, and may tie it to others by what they share (an event ID, a
 * customer). `joint`: it names only such a thing, and goes where that is.
 */
export type Route =
  { readonly order: string; readonly joints: readonly string[] } | { readonly order: null; readonly joint: string };

const event = (eventId: string): string => `event ${eventId}`;
const customer = (marker: string): string => `customer ${marker}`;
const NOWHERE: Route = { order: '', joints: [] };

const byEvent = ({ eventId }: { readonly eventId: string | null }): Route =>
  eventId === null ? NOWHERE : { order: null, joint: event(eventId) };
const byOrder = ({ orderId, eventId }: { readonly orderId: string; readonly eventId: string }): Route => ({
  order: orderId,
  joints: [event(eventId)],
});

/**
 * Two rows that any invariant compares are of one order or share a joint. So an order with all orders it is tied
 * to can be judged by itself.
 */
export const routes: { readonly [Name in ShardedName]: (row: RowOf<Name>) => Route } = {
  history: ({ kind, orderId, marker }) => {
    const joints = kind === 'place' ? [customer(marker)] : [];
    if (orderId !== null) return { order: orderId, joints };
    return kind === 'place' ? { order: null, joint: customer(marker) } : NOWHERE;
  },
  orders: ({ orderId, customerId }) => ({ order: orderId, joints: [customer(customerId)] }),
  outbox: byOrder,
  skipped: ({ orderId, eventId, replacementEventId }) => ({
    order: orderId,
    joints: [event(eventId), event(replacementEventId)],
  }),
  attempts: byEvent,
  audit: byEvent,
  quarantines: byEvent,
  log: ({ key, headers }) => {
    const eventId = headers['ce_id'];
    if (key !== null) return { order: key, joints: eventId === undefined ? [] : [event(eventId)] };
    return eventId === undefined ? NOWHERE : { order: null, joint: event(eventId) };
  },
  effects: byOrder,
  inbox: byOrder,
  waiting: byOrder,
  consumerOrders: ({ orderId }) => ({ order: orderId, joints: [] }),
  callbacks: byOrder,
};
