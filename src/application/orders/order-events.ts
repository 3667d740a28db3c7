import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { OrderNotFound } from '../../domain/order/errors.ts';
import type { OrderId } from '../../domain/order/values.ts';
import type { OutboxEntry, OutboxQueries, SkippedEntry } from '../ports/outbox-queries.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { UnitOfWorkError } from '../ports/unit-of-work.ts';
import type { GetOrder } from './get-order.ts';

/** Where an event stands on its way to the topic. Times are RFC 3339 UTC with microseconds. */
export type EventStanding =
  | { readonly state: 'pending' }
  /** Waits for an earlier event of its order. */
  | { readonly state: 'held'; readonly heldBy: string }
  | {
      readonly state: 'retrying';
      readonly attempts: number;
      readonly nextAttemptAt: string | null;
      readonly lastError: string | null;
    }
  | {
      readonly state: 'published';
      readonly partition: number;
      readonly offset: number | null;
      readonly publishedAt: string | null;
    }
  | { readonly state: 'quarantined'; readonly attempts: number; readonly lastError: string | null }
  /** Given up by an operator; the event `replacedBy` stands in its place and says so to consumers. */
  | { readonly state: 'skipped'; readonly skippedAt: string; readonly reason: string; readonly replacedBy: string };

export interface RaisedEvent {
  readonly eventId: string;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly createdAt: string;
  readonly standing: EventStanding;
}

const blocksSuccessors = (entry: OutboxEntry): boolean =>
  entry.status === 'QUARANTINED' || (entry.status === 'PENDING' && entry.attempts > 0);

const standingOf = (entry: OutboxEntry, heldBy: string | undefined): EventStanding => {
  const { attempts, nextAttemptAt, lastError, partition, offset, publishedAt } = entry;
  switch (entry.status) {
    case 'COMPLETED':
      return { state: 'published', partition, offset, publishedAt };
    case 'QUARANTINED':
      return { state: 'quarantined', attempts, lastError };
    case 'PENDING':
      if (heldBy !== undefined) return { state: 'held', heldBy };
      return attempts > 0 ? { state: 'retrying', attempts, nextAttemptAt, lastError } : { state: 'pending' };
  }
};

const skippedEvent = (entry: SkippedEntry): RaisedEvent => {
  const { eventId, sequence, type, version, createdAt, skippedAt, reason, replacementEventId: replacedBy } = entry;
  const standing: EventStanding = { state: 'skipped', skippedAt, reason, replacedBy };
  return { eventId, sequence, type, version, createdAt, standing };
};

/** Where two stand at one sequence, the skipped event comes before its replacement. */
export const withSkipped = <Raised extends { readonly sequence: number; readonly eventId: string }>(
  raised: readonly Raised[],
  skipped: readonly Raised[],
): readonly Raised[] => {
  const gone = new Set(skipped.map(({ eventId }) => eventId));
  // A skip may come between the two looks: then the event is found at both places.
  const present = raised.filter(({ eventId }) => !gone.has(eventId));
  return [...skipped, ...present].sort((a, b) => a.sequence - b.sequence);
};

/**
 * The entries of one order by sequence, each with its standing. An event behind one that retries or is quarantined is
 * held even before the relay has come by and marked it.
 */
export const raisedEvents = (entries: readonly OutboxEntry[]): readonly RaisedEvent[] => {
  const blocker = entries.find(blocksSuccessors);
  return entries.map((entry) => {
    const { eventId, sequence, type, version, createdAt } = entry;
    const behind = blocker !== undefined && blocker.sequence < sequence ? blocker.eventId : undefined;
    return { eventId, sequence, type, version, createdAt, standing: standingOf(entry, entry.heldBy ?? behind) };
  });
};

/**
 * How many of an order's first events were purged after their retention: those before the first row, if purges are on
 * record. Without any purge such a gap is none of ours to explain away: 0.
 */
export const purgedThrough = (
  outbox: Pick<OutboxQueries, 'hasPurged'>,
  version: number,
  entries: readonly OutboxEntry[],
): TaskEither<StorageUnavailable, number> => {
  const gone = (entries[0]?.sequence ?? version + 1) - 1;
  return gone === 0
    ? TE.right(0)
    : pipe(
        outbox.hasPurged(),
        TE.map((purged) => (purged ? gone : 0)),
      );
};

export interface EventsOfOrder {
  /** Events 1 to this were published and purged since; 0: none. */
  readonly purgedThrough: number;
  /** By sequence; a skipped event stands before its replacement. */
  readonly events: readonly RaisedEvent[];
}

/** What an order has raised and where each event stands. */
export class OrderEvents {
  constructor(private readonly ports: { readonly outbox: OutboxQueries; readonly getOrder: GetOrder }) {}

  of(orderId: OrderId): TaskEither<OrderNotFound | UnitOfWorkError, EventsOfOrder> {
    const { outbox, getOrder } = this.ports;
    return pipe(
      getOrder.get(orderId),
      TE.bindW('entries', () => outbox.ofOrder(orderId)),
      TE.bindW('skipped', () => outbox.skippedOfOrder(orderId)),
      TE.bindW('purgedThrough', ({ version, entries }) => purgedThrough(outbox, version, entries)),
      TE.map(({ entries, skipped, purgedThrough: through }) => ({
        purgedThrough: through,
        events: withSkipped(raisedEvents(entries), skipped.map(skippedEvent)),
      })),
    );
  }
}
