import { purgedRowsOf, purgedTotal } from '../facts/purged.ts';
import { sequenceOf } from '../read-headers.ts';
import type { Invariant, Violation } from './invariant.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { LogRecord } from '../evidence.ts';

/** True when no committed event is behind the record: its transaction never committed, or there never was one. */
export const isPhantom = (evidence: EvidenceIndex, record: LogRecord): boolean => {
  const eventId = record.headers['ce_id'];
  if (eventId === undefined) return true;
  const row = evidence.outboxByEvent.get(eventId) ?? evidence.skippedByEvent.get(eventId);
  const sequence = sequenceOf(record.headers);
  // Of a row that was purged only its place among the order's events is left. Twins of one sequence are another invariant's.
  if (row === undefined && record.key !== null && sequence !== null)
    return !purgedRowsOf(evidence, record.key).has(sequence);
  return row?.orderId !== record.key || row.sequence !== sequence;
};

export const noPhantoms: Invariant = {
  id: 5,
  name: 'Every record of the log is an event that was committed',
  needs: ['outbox', 'skipped', 'log', 'injected'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => ({
    checked: evidence.eventRecords.length,
    violations: evidence.eventRecords
      .filter((record) => isPhantom(evidence, record))
      .map((record): Violation => {
        const eventId = record.headers['ce_id'];
        const order = record.key !== null && evidence.orderById.has(record.key);
        return {
          summary: 'The log has an event that was never committed.',
          orderId: record.key ?? undefined,
          eventId,
          expected: 'an outbox row with this event ID, order and sequence',
          seen: `none for event ${eventId ?? 'without an ID'}, sequence ${sequenceOf(record.headers) ?? 'unreadable'}, at partition ${record.partition}, offset ${record.offset}; ${order ? 'the order exists' : 'there is no such order'}`,
          absentFrom: [
            'outbox',
            'skipped',
            'injected',
            'purges',
            ...(purgedTotal(evidence) > 0 ? ['orders' as const] : []),
          ],
        };
      }),
  }),
};
