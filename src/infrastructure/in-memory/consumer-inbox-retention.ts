import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { InboxRetention, InboxWindow, OldEvent } from '../../application/ports/inbox-retention.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { consumerTablesOf } from './consumer-database.ts';
import type { ConsumerDatabase } from './consumer-database.ts';

/** The janitor's side of the inbox over the same tables as `InMemoryInbox`. */
export class InMemoryInboxRetention implements InboxRetention {
  constructor(private readonly database: ConsumerDatabase) {}

  cutoff(ms: number): TaskEither<never, string> {
    return TE.fromIO(() => new Date(this.database.now() - ms).toISOString().replace('Z', '000Z'));
  }

  look(cutoff: string, after: string, rows: number): TaskEither<never, InboxWindow> {
    return TE.fromIO(() => {
      const before = Date.parse(cutoff);
      const window = [...this.database.committed.inbox.values()]
        .filter(({ event }) => event.eventId > after)
        .sort((a, b) => (a.event.eventId < b.event.eventId ? -1 : 1))
        .slice(0, rows);
      const old = window
        .filter(({ appliedAt }) => appliedAt < before)
        .map(({ event: { eventId, orderId, sequence } }) => ({ eventId, orderId, sequence }));
      const isAtEnd = window.length < rows || old.length === 0;
      return { old, next: isAtEnd ? undefined : window.at(-1)?.event.eventId };
    });
  }

  remove(tx: Transaction, _cutoff: string, old: readonly OldEvent[]): TaskEither<never, number> {
    return TE.fromIO(() => {
      const { inbox, orders } = consumerTablesOf(tx);
      const there = old.filter(({ eventId }) => inbox.has(eventId));
      for (const { eventId, orderId, sequence } of there) {
        inbox.delete(eventId);
        const order = orders.get(orderId);
        if (order !== undefined)
          orders.set(orderId, { ...order, purgedThrough: Math.max(order.purgedThrough, sequence) });
      }
      return there.length;
    });
  }
}
