import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { IncomingEvent, ParkedRecord } from '../../application/ports/consumed-record.ts';
import type { Baseline, Inbox, InboxState, Parking } from '../../application/ports/inbox.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { consumerTablesOf } from './consumer-database.ts';
import type { ConsumerDatabase, ConsumerOrderRow, ConsumerTables, WaitingEventRow } from './consumer-database.ts';

const untouched = (orderId: string): ConsumerOrderRow => ({
  orderId,
  lastSequence: 0,
  purgedThrough: 0,
  baseline: null,
  parked: null,
});
const orderOf = (tables: Pick<ConsumerTables, 'orders'>, orderId: string): ConsumerOrderRow =>
  tables.orders.get(orderId) ?? untouched(orderId);

const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('base64');
const recordKey = ({ source, key, value, headers }: ParkedRecord): string =>
  JSON.stringify([source, text(key), text(value), headers]);

const bySequence = (a: WaitingEventRow, b: WaitingEventRow): number =>
  a.event.sequence - b.event.sequence || a.id - b.id;

export class InMemoryInbox implements Inbox {
  constructor(private readonly database: ConsumerDatabase) {}

  lock(): TaskEither<never, void> {
    return TE.right(undefined);
  }

  stateFor(tx: Transaction, event: IncomingEvent): TaskEither<never, InboxState> {
    return TE.fromIO(() => {
      const tables = consumerTablesOf(tx);
      const { orderId, eventId, sequence } = event;
      const order = orderOf(tables, orderId);
      const applied = [...tables.inbox.values()].filter((row) => row.event.orderId === orderId);
      const waiting = [...tables.waiting.values()].filter((row) => row.event.orderId === orderId);
      return {
        lastSequence: order.lastSequence,
        parked: order.parked !== null,
        applied: tables.inbox.get(eventId)?.event.fingerprint,
        waiting: tables.waiting.get(eventId)?.event.fingerprint,
        purgedThrough: order.purgedThrough,
        sequenceSkipped: applied.some((row) => row.event.sequence === sequence && row.event.isSkip),
        othersWait: waiting.some((row) => row.event.eventId !== eventId),
      };
    });
  }

  statesFor(tx: Transaction, events: readonly IncomingEvent[]): TaskEither<never, readonly InboxState[]> {
    return TE.traverseSeqArray((event: IncomingEvent) => this.stateFor(tx, event))(events);
  }

  recordAllApplied(tx: Transaction, events: readonly IncomingEvent[]): TaskEither<never, void> {
    const noted = TE.traverseSeqArray((event: IncomingEvent) => this.recordApplied(tx, event, undefined))(events);
    return TE.map(() => undefined)(noted);
  }

  recordApplied(tx: Transaction, event: IncomingEvent, baseline: Baseline | undefined): TaskEither<never, void> {
    return TE.fromIO(() => {
      const tables = consumerTablesOf(tx);
      const order = orderOf(tables, event.orderId);
      tables.inbox.set(event.eventId, { event, appliedAt: this.database.now() });
      tables.orders.set(event.orderId, {
        ...order,
        lastSequence: event.sequence,
        baseline: baseline ?? order.baseline,
      });
      tables.waiting.delete(event.eventId);
    });
  }

  hold(tx: Transaction, event: IncomingEvent): TaskEither<never, void> {
    return TE.fromIO(() => {
      const { waiting, orders } = consumerTablesOf(tx);
      orders.set(event.orderId, orderOf({ orders }, event.orderId));
      if (!waiting.has(event.eventId)) waiting.set(event.eventId, { id: this.database.nextId(), event });
    });
  }

  discard(tx: Transaction, event: IncomingEvent): TaskEither<never, void> {
    return TE.fromIO(() => {
      consumerTablesOf(tx).waiting.delete(event.eventId);
    });
  }

  park(tx: Transaction, { orderId, cause, reason, eventId }: Parking): TaskEither<never, void> {
    return TE.fromIO(() => {
      const { orders } = consumerTablesOf(tx);
      const order = orderOf({ orders }, orderId);
      orders.set(orderId, { ...order, parked: order.parked ?? { cause, reason, eventId } });
    });
  }

  keep(tx: Transaction, record: ParkedRecord): TaskEither<never, boolean> {
    return TE.fromIO(() => {
      const { parkedRecords } = consumerTablesOf(tx);
      const key = recordKey(record);
      if (parkedRecords.has(key)) return false;
      parkedRecords.set(key, { record, dismissed: false });
      return true;
    });
  }

  nextWaiting(tx: Transaction, orderId: string): TaskEither<never, IncomingEvent | undefined> {
    return TE.fromIO(() => {
      const tables = consumerTablesOf(tx);
      if (orderOf(tables, orderId).parked !== null) return undefined;
      return [...tables.waiting.values()].filter((row) => row.event.orderId === orderId).sort(bySequence)[0]?.event;
    });
  }

  release(tx: Transaction, orderId: string): TaskEither<never, boolean> {
    return TE.fromIO(() => {
      const { orders, parkedRecords } = consumerTablesOf(tx);
      const order = orderOf({ orders }, orderId);
      for (const row of [...parkedRecords.values()])
        if (row.record.orderId === orderId) parkedRecords.set(recordKey(row.record), { ...row, dismissed: true });
      if (order.parked === null) return false;
      orders.set(orderId, { ...order, parked: null });
      return true;
    });
  }

  parkedOrders({ cause, after, limit }: Parameters<Inbox['parkedOrders']>[0]): TaskEither<never, readonly string[]> {
    return TE.fromIO(() =>
      [...this.database.committed.orders.values()]
        .filter(({ parked }) => parked !== null && (cause === undefined || parked.cause === cause))
        .map(({ orderId }) => orderId)
        .filter((orderId) => orderId > after)
        .sort()
        .slice(0, limit),
    );
  }

  drainable(limit: number): TaskEither<never, readonly string[]> {
    return TE.fromIO(() => {
      const { orders, waiting } = this.database.committed;
      const heads = new Map<string, number>();
      for (const { event } of waiting.values())
        heads.set(event.orderId, Math.min(event.sequence, heads.get(event.orderId) ?? Infinity));
      return [...orders.values()]
        .filter((row) => row.parked === null && (heads.get(row.orderId) ?? Infinity) <= row.lastSequence + 1)
        .map(({ orderId }) => orderId)
        .slice(0, limit);
    });
  }
}
