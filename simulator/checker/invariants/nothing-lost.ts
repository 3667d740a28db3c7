import type { EvidenceIndex } from '../evidence-index.ts';
import type { OutboxRow } from '../evidence.ts';
import { isHeldByQuarantine } from '../facts/quarantine.ts';
import { hadItsMinute } from '../facts/rest.ts';
import { sequenceOf } from '../read-headers.ts';
import type { Invariant, Violation } from './invariant.ts';

type Standing = 'in the log' | 'quarantined' | 'held' | 'on its way' | 'lost';

const byRelay = (evidence: EvidenceIndex, eventId: string): boolean =>
  (evidence.logByEvent.get(eventId) ?? []).some((record) => evidence.isInjected(record) === undefined);

/** Where a committed event stands. A copy that the simulator put into the log does not count. */
export const standingOf = (evidence: EvidenceIndex, row: OutboxRow): Standing => {
  if (byRelay(evidence, row.eventId)) return 'in the log';
  if (row.status === 'QUARANTINED') return 'quarantined';
  if (row.status === 'COMPLETED') return 'lost';
  if (isHeldByQuarantine(evidence, row.orderId, row.sequence)) return 'held';
  return hadItsMinute(evidence, row.createdAt) ? 'lost' : 'on its way';
};

/** Sequences an order's version promises for which there is neither an outbox row nor a record. */
export const lostWithoutRow = (
  evidence: EvidenceIndex,
): readonly { readonly orderId: string; readonly sequence: number }[] =>
  evidence.orders.rows.flatMap(({ orderId, version }) => {
    const known = new Set([
      ...(evidence.outboxByOrder.get(orderId) ?? []).map(({ sequence }) => sequence),
      ...(evidence.logByOrder.get(orderId) ?? []).map(({ headers }) => sequenceOf(headers)),
    ]);
    return Array.from({ length: version }, (_, index) => index + 1)
      .filter((sequence) => !known.has(sequence))
      .map((sequence) => ({ orderId, sequence }));
  });

export const nothingLost: Invariant = {
  id: 3,
  name: 'Every committed event is in the log, or quarantined, or held behind a quarantined one',
  needs: ['orders', 'outbox', 'log'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const standings = evidence.outbox.rows.map((row) => ({ row, standing: standingOf(evidence, row) }));
    const gone = lostWithoutRow(evidence);
    const onTheirWay = standings.filter(({ standing }) => standing === 'on its way').length;
    return {
      checked: standings.length + gone.length,
      violations: [
        ...standings
          .filter(({ standing }) => standing === 'lost')
          .map(({ row }): Violation => ({
            summary: `An event was committed with its order and never reached the log: ${row.type}, sequence ${row.sequence}.`,
            orderId: row.orderId,
            eventId: row.eventId,
            expected: 'a record with this event ID in the log',
            seen: `none; the outbox says ${row.status}${row.offset === null ? '' : ` at partition ${row.partition}, offset ${row.offset}`}`,
            absentFrom: ['log'],
          })),
        ...gone.map(({ orderId, sequence }): Violation => ({
          summary: `An order was changed and its event ${sequence} is nowhere: not in the outbox, not in the log.`,
          orderId,
          expected: `an event with sequence ${sequence}`,
          seen: 'none',
          absentFrom: ['outbox', 'log'],
        })),
      ],
      undecided: [{ what: 'still on the way when the run was read', count: onTheirWay, noun: 'event' }],
    };
  },
};
