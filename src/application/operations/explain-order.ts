import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { OrderNotFound } from '../../domain/order/errors.ts';
import type { OrderId } from '../../domain/order/values.ts';
import type { GetOrder } from '../orders/get-order.ts';
import { purgedThrough, raisedEvents, withSkipped } from '../orders/order-events.ts';
import type { AuditQueries, RecordedAct } from '../ports/audit-queries.ts';
import type { ConsumerView, ConsumerViews } from '../ports/consumer-views.ts';
import type { VersionedOrder } from '../ports/order-store.ts';
import type { OutboxEntry, OutboxQueries, SkippedEntry } from '../ports/outbox-queries.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { UnitOfWorkError } from '../ports/unit-of-work.ts';
import { timelineOf } from './explain-timeline.ts';
import type { EventWithPast, TimelineEntry } from './explain-timeline.ts';

export interface OrderExplanation {
  readonly order: VersionedOrder;
  /** Events 1 to this were published and purged since; 0: none. */
  readonly purgedThrough: number;
  /** By sequence, each with the attempts that failed and what operators did; a skipped one stands before its replacement. */
  readonly events: readonly EventWithPast[];
  readonly consumers: readonly ConsumerView[];
  readonly timeline: readonly TimelineEntry[];
}

export interface ExplainPorts {
  readonly getOrder: Pick<GetOrder, 'get'>;
  readonly outbox: OutboxQueries;
  readonly audit: Pick<AuditQueries, 'ofEvents'>;
  readonly consumers: ConsumerViews;
}

/** Names the holder also where the relay has not come by to mark the row. */
const withHolders = (entries: readonly OutboxEntry[]): readonly OutboxEntry[] => {
  const standings = new Map(raisedEvents(entries).map(({ eventId, standing }) => [eventId, standing]));
  return entries.map((entry) => {
    const standing = standings.get(entry.eventId);
    return standing?.state === 'held' ? { ...entry, heldBy: standing.heldBy } : entry;
  });
};

/** The whole story of one order: its state, where each event stands and why, and what the consumers made of it. */
export class ExplainOrder {
  constructor(private readonly ports: ExplainPorts) {}

  handle(orderId: OrderId): TaskEither<OrderNotFound | UnitOfWorkError, OrderExplanation> {
    return pipe(
      TE.Do,
      TE.bindW('order', () => this.ports.getOrder.get(orderId)),
      TE.bindW('entries', () => this.ports.outbox.ofOrder(orderId)),
      TE.bindW('events', ({ entries }) => this.eventsOf(orderId, entries)),
      TE.bindW('purgedThrough', ({ order, entries }) => purgedThrough(this.ports.outbox, order.version, entries)),
      TE.bindW('consumers', () => TE.fromTask(this.ports.consumers.ofOrder(orderId))),
      TE.map(({ order, events, consumers, purgedThrough: through }) => ({
        order,
        purgedThrough: through,
        events,
        consumers,
        timeline: timelineOf(events, consumers),
      })),
    );
  }

  private eventsOf(
    orderId: OrderId,
    entries: readonly OutboxEntry[],
  ): TaskEither<StorageUnavailable, readonly EventWithPast[]> {
    const { outbox, audit } = this.ports;
    const withPast =
      (acts: readonly RecordedAct[]) =>
      (entry: OutboxEntry | SkippedEntry): TaskEither<StorageUnavailable, EventWithPast> =>
        pipe(
          outbox.find(entry.eventId),
          TE.map((detail) => ({
            ...entry,
            history: detail?.history ?? [],
            audit: acts.filter(({ eventId }) => eventId === entry.eventId),
          })),
        );
    return pipe(
      outbox.skippedOfOrder(orderId),
      TE.map((skipped) => withSkipped<OutboxEntry | SkippedEntry>(withHolders(entries), skipped)),
      TE.bindTo('raised'),
      TE.bind('acts', ({ raised }) => audit.ofEvents(raised.map(({ eventId }) => eventId))),
      TE.flatMap(({ raised, acts }) => TE.traverseSeqArray(withPast(acts))(raised)),
    );
  }
}
