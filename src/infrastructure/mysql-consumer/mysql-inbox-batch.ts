import * as t from 'io-ts';
import type { IncomingEvent } from '../../application/ports/consumed-record.ts';
import type { InboxState } from '../../application/ports/inbox.ts';
import type { TransactionConnection } from '../mysql/mysql-unit-of-work.ts';
import { WholeNumber, decodeRows } from '../mysql/rows.ts';
import { INSERT_APPLIED, appliedRow } from './applied-row.ts';

/*
 * The inbox for many events at once: a fixed number of statements, however many events. Each answers what the
 * statements for one event in `mysql-inbox.ts` answer.
 */

const LOCK_ORDERS = `
  INSERT INTO inbox_orders (consumer, order_id) VALUES ? ON DUPLICATE KEY UPDATE order_id = inbox_orders.order_id`;

const ORDERS = `
  SELECT o.order_id AS orderId, o.last_sequence AS lastSequence, o.purged_through AS purgedThrough,
         o.parked_at IS NOT NULL AS parked,
         (SELECT MIN(w.event_id) FROM inbox_waiting w
           WHERE w.consumer = o.consumer AND w.order_id = o.order_id) AS firstWaiting,
         (SELECT MAX(w.event_id) FROM inbox_waiting w
           WHERE w.consumer = o.consumer AND w.order_id = o.order_id) AS lastWaiting
    FROM inbox_orders o WHERE o.consumer = ? AND o.order_id IN (?)`;

const KNOWN = `
  SELECT event_id AS eventId, fingerprint, 1 AS applied FROM inbox WHERE consumer = ? AND event_id IN (?)
  UNION ALL
  SELECT event_id, fingerprint, 0 FROM inbox_waiting WHERE consumer = ? AND event_id IN (?)`;

const SKIPPED = `
  SELECT order_id AS orderId, sequence FROM inbox WHERE consumer = ? AND order_id IN (?) AND skipped`;

const MOVE_ORDERS = `
  INSERT INTO inbox_orders (consumer, order_id, last_sequence) VALUES ? AS applied
  ON DUPLICATE KEY UPDATE last_sequence = applied.last_sequence`;

const Flag = t.union([t.literal(0), t.literal(1)]);
const OrderRow = t.strict({
  orderId: t.string,
  lastSequence: WholeNumber,
  purgedThrough: WholeNumber,
  parked: Flag,
  /** Lowest and highest event ID of those that wait. */
  // Mostly null, and a union tries its members in turn.
  firstWaiting: t.union([t.null, t.string]),
  lastWaiting: t.union([t.null, t.string]),
});
const KnownRow = t.strict({ eventId: t.string, fingerprint: t.string, applied: Flag });
const SkippedRow = t.strict({ orderId: t.string, sequence: WholeNumber });

const ordersOf = (events: readonly IncomingEvent[]): readonly string[] =>
  [...new Set(events.map(({ orderId }) => orderId))].sort();

/** Locks first, by a statement of its own, for the reason given at `LOCK_ORDER`; in the order of the primary key. */
export const readStates = async (
  connection: TransactionConnection,
  consumer: string,
  events: readonly IncomingEvent[],
): Promise<readonly InboxState[]> => {
  if (events.length === 0) return [];
  const orderIds = ordersOf(events);
  const eventIds = [...new Set(events.map(({ eventId }) => eventId))];
  await connection.write(LOCK_ORDERS, [orderIds.map((orderId) => [consumer, orderId])]);
  const orders = decodeRows(OrderRow, await connection.rows(ORDERS, [consumer, orderIds]));
  const byOrder = new Map(orders.map((row) => [row.orderId, row]));
  const known = decodeRows(KnownRow, await connection.rows(KNOWN, [consumer, eventIds, consumer, eventIds]));
  const fingerprints = (applied: 0 | 1): ReadonlyMap<string, string> =>
    new Map(known.filter((row) => row.applied === applied).map((row) => [row.eventId, row.fingerprint]));
  const [waiting, applied] = [fingerprints(0), fingerprints(1)];
  const settled = events.filter(({ orderId, sequence }) => sequence <= (byOrder.get(orderId)?.lastSequence ?? 0));
  const skipped = await skippedOf(connection, consumer, settled);
  return events.map(({ eventId, orderId, sequence }) => {
    const order = byOrder.get(orderId);
    if (order === undefined) throw new TypeError(`the locked row of order ${orderId} is gone`);
    return {
      lastSequence: order.lastSequence,
      parked: order.parked === 1,
      applied: applied.get(eventId),
      waiting: waiting.get(eventId),
      sequenceSkipped: skipped.has(`${orderId}/${sequence}`),
      purgedThrough: order.purgedThrough,
      othersWait: [order.firstWaiting, order.lastWaiting].some((id) => id !== null && id !== eventId),
    };
  });
};

/** Only a sequence that is settled can have been skipped, and those of a batch seldom are. */
const skippedOf = async (
  connection: TransactionConnection,
  consumer: string,
  settled: readonly IncomingEvent[],
): Promise<ReadonlySet<string>> => {
  if (settled.length === 0) return new Set();
  const rows = decodeRows(SkippedRow, await connection.rows(SKIPPED, [consumer, ordersOf(settled)]));
  return new Set(rows.map(({ orderId, sequence }) => `${orderId}/${sequence}`));
};

/** The orders are locked by `readStates`, so their rows are there and nobody else moves them. */
export const noteAllApplied = async (
  connection: TransactionConnection,
  consumer: string,
  events: readonly IncomingEvent[],
): Promise<void> => {
  if (events.length === 0) return;
  await connection.write(INSERT_APPLIED, [events.map((event) => appliedRow(consumer, event))]);
  const last = new Map(events.map(({ orderId, sequence }) => [orderId, sequence]));
  await connection.write(MOVE_ORDERS, [ordersOf(events).map((orderId) => [consumer, orderId, last.get(orderId) ?? 0])]);
};
