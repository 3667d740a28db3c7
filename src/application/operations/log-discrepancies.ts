import type { DiscrepancyKind } from './discrepancies.ts';

const MEND =
  'stop the relays before anything else is published, keep both sides as they are, and follow docs/runbooks/tables-and-topic-differ.md';

const broken = (says: string): DiscrepancyKind => ({ state: 'fail', says, mend: MEND });

/** What may not be between orders, outbox and topic. */
export const LOG_DISCREPANCIES = {
  totals: broken('the versions of all orders are not as many as the events that were written'),
  orphan: broken('events whose order does not exist'),
  version: broken('orders whose version is not the sequence of their last event'),
  gap: broken('orders with a gap in the sequence of their events'),
  lane: broken('events in another partition than their order’s'),
  overtaken: broken('orders with a published event behind one that is not'),
  disorder: broken('orders whose events lie on the topic in another order than they happened'),
  phantom: broken('records on the topic that the outbox never had'),
  differs: broken('records that are not what the outbox has under their event ID'),
  lost: broken('events marked COMPLETED that are not on the topic where their row says'),
} as const;
