import { counted } from '../counted.ts';
import { purgedRowsOf, purgedTotal } from '../facts/purged.ts';
import { EVENT_SKIPPED } from '../read-headers.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { OrderRow } from '../evidence.ts';
import type { Invariant, Violation } from './invariant.ts';

/** The status an event leaves the order in. Events that are not named here leave it as it is. */
const STATUS_AFTER: ReadonlyMap<string, string> = new Map([
  ['OrderPlaced', 'placed'],
  ['OrderPaid', 'paid'],
  ['OrderShipped', 'shipped'],
  ['OrderDelivered', 'delivered'],
  ['OrderCancelled', 'cancelled'],
]);

const list = (sequences: readonly number[]): string => (sequences.length === 0 ? 'none' : sequences.join(', '));

const checkOrder = (evidence: EvidenceIndex, order: OrderRow): readonly Violation[] => {
  const rows = evidence.outboxByOrder.get(order.orderId) ?? [];
  const sequences = rows.map(({ sequence }) => sequence);
  const purged = purgedRowsOf(evidence, order.orderId);
  const expected = Array.from({ length: order.version }, (_, index) => index + 1).filter(
    (sequence) => !purged.has(sequence),
  );
  const about = { orderId: order.orderId, expected: `one outbox row for each sequence ${list(expected)}` };
  const missing = expected.filter((sequence) => !sequences.includes(sequence));
  if (missing.length > 0)
    return [
      {
        ...about,
        summary: `An order is at version ${order.version}, but the outbox has no event for sequence ${list(missing)}.`,
        seen: `sequences ${list(sequences)}`,
        absentFrom: ['outbox', 'purges'],
      },
    ];
  if (sequences.length !== expected.length)
    return [
      {
        ...about,
        summary: `The outbox has more events of an order than its version ${order.version} says.`,
        seen: `sequences ${list(sequences)}`,
      },
    ];
  const events = [
    ...[...purged.values()].map(({ headers }) => ({ eventId: headers['ce_id'], type: headers['ce_type'] })),
    ...rows,
  ];
  const types = events.map(({ eventId, type }) => {
    if (type !== EVENT_SKIPPED) return type;
    return evidence.skippedByOrder.get(order.orderId)?.find((skip) => skip.replacementEventId === eventId)?.type;
  });
  const status = types.reduce<string | undefined>(
    (before, type) => (type === undefined ? before : (STATUS_AFTER.get(type) ?? before)),
    undefined,
  );
  if (status === order.status) return [];
  return [
    {
      orderId: order.orderId,
      summary: `An order's status does not follow from its events.`,
      expected: `status ${status ?? 'of an order without a first event'}, after ${types.join(', ')}`,
      seen: `status ${order.status}`,
      absentFrom: ['skipped'],
    },
  ];
};

const checkSkips = (evidence: EvidenceIndex): readonly Violation[] => {
  const replacements = new Map(evidence.skipped.rows.map((skip) => [skip.replacementEventId, skip]));
  const unexplained = evidence.outbox.rows.filter(
    (row) =>
      row.type === EVENT_SKIPPED &&
      (replacements.get(row.eventId)?.orderId !== row.orderId ||
        replacements.get(row.eventId)?.sequence !== row.sequence),
  );
  const unreplaced = evidence.skipped.rows.filter(
    (skip) =>
      evidence.outboxByEvent.get(skip.replacementEventId)?.type !== EVENT_SKIPPED &&
      purgedRowsOf(evidence, skip.orderId).get(skip.sequence)?.headers['ce_id'] !== skip.replacementEventId,
  );
  return [
    ...unexplained.map((row): Violation => ({
      summary: 'An outbox row says that an event was skipped, but no skipped event is kept.',
      orderId: row.orderId,
      eventId: row.eventId,
      expected: `a row of outbox_skipped for sequence ${row.sequence}`,
      seen: 'none',
      absentFrom: ['skipped'],
    })),
    ...unreplaced.map((skip): Violation => ({
      summary: 'An event was skipped and nothing took its place.',
      orderId: skip.orderId,
      eventId: skip.eventId,
      expected: `an outbox row of type ${EVENT_SKIPPED} for sequence ${skip.sequence}`,
      seen: 'none',
      absentFrom: ['outbox', 'purges'],
    })),
  ];
};

export const orderVersion: Invariant = {
  id: 1,
  name: 'An order at version n has exactly the events 1 to n in the outbox, but for recorded purges',
  needs: ['orders', 'outbox', 'skipped', 'purges'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const orphans = [...evidence.outboxByOrder].filter(([orderId]) => !evidence.orderById.has(orderId));
    return {
      checked: evidence.orders.rows.length + orphans.length,
      violations: [
        ...evidence.orders.rows.flatMap((order) => checkOrder(evidence, order)),
        ...orphans.map(([orderId, rows]): Violation => ({
          summary: 'The outbox has events of an order that does not exist.',
          orderId,
          eventId: rows[0]?.eventId,
          expected: 'a row in orders',
          seen: `none, but ${rows.length} outbox rows`,
          absentFrom: ['orders'],
        })),
        ...checkSkips(evidence),
      ],
    };
  },
  whole: ({ missingRows, purgedRows }, frame) => {
    const purged = purgedTotal(frame);
    if (purged === 0 || (purged === purgedRows && purged === missingRows)) return {};
    return {
      violations: [
        {
          summary: 'The rows that are gone from the outbox are not the ones that its purges account for.',
          expected: `${counted(purged, 'row')} gone, each published before`,
          seen: `${counted(missingRows, 'row')} gone, of which ${purgedRows} were published and the oldest of their orders`,
          absentFrom: ['orders', 'outbox', 'log', 'purges'],
          secondary: true,
        },
      ],
    };
  },
};
