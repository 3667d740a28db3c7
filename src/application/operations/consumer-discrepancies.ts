import type { DiscrepancyKind } from './discrepancies.ts';

const RESTORE =
  'a row was changed by hand, or the databases were restored to different moments: stop the consumer, keep both as they are, and follow docs/runbooks/tables-and-topic-differ.md';

const broken = (says: string, mend = RESTORE): DiscrepancyKind => ({ state: 'fail', says, mend });
const known = (says: string, mend: string): DiscrepancyKind => ({ state: 'warn', says, mend });

/** What may not be in a consumer’s tables, or between them and the outbox; and what waits there for somebody. */
export const CONSUMER_DISCREPANCIES = {
  sequence: broken('orders whose last sequence is not that of the events applied, without a gap'),
  unowned: broken('rows of the inbox whose order has none of its own'),
  twice: broken('events that wait though they were applied'),
  unknown: broken('events that the outbox never had'),
  other: broken('events that are of another order, or another sequence, in the outbox'),
  unasked: broken('callbacks of events that were not applied'),
  ready: broken(
    'orders with a waiting event whose turn it is',
    'start the consumer, which goes on with them within seconds; if it runs, its log says what keeps it',
  ),
  draining: known(
    'orders with a waiting event whose turn it is, while others like them went on',
    'nothing: the consumer works on them; ask again when it is done',
  ),
  behind: broken(
    'events that were published over a minute ago and of which the consumer has nothing',
    'if “consumers” says that its group has lag, let it catch up and ask again; otherwise its database was restored or lost: stop it, and set the offsets of its group back (docs/runbooks/tables-and-topic-differ.md, step 6)',
  ),
  catchingUp: known(
    'events that were published over a minute ago and have not come yet, while others came',
    'follow docs/runbooks/consumer-lag.md, and ask again when its group has no lag',
  ),
  causeless: broken(
    'parked orders of which nothing waits or is kept',
    'run the consumer’s `reprocess ORDER_ID`: nothing is left of why it was parked',
  ),
  stuck: broken('callbacks that nobody sends, or that find no final answer', 'follow docs/runbooks/callbacks-stuck.md'),
  evidence: known(
    'orders that go on though a record of theirs is kept as breaking the contract',
    'look into inbox_parked_records; the consumer’s `reprocess ORDER_ID` notes it as dealt with',
  ),
  gap: known('orders that wait for an event that is missing', 'follow docs/runbooks/consumer-gap.md'),
  parked: known('parked orders', 'follow docs/runbooks/consumer-parked.md'),
  ahead: known(
    'events that were applied and are not marked as published',
    'start the relays: they publish them again, and consumers drop that. After a restore of the outbox, first follow docs/runbooks/tables-and-topic-differ.md',
  ),
  givenUp: known(
    'events that were applied and are quarantined or skipped in the outbox',
    'redrive those that are quarantined, rather than skip what had its effect; other consumers do not have the effect of those skipped',
  ),
} as const;
