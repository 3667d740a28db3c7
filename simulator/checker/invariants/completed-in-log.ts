import type { EvidenceIndex } from '../evidence-index.ts';
import type { OutboxRow } from '../evidence.ts';
import { differences } from '../facts/compare-record.ts';
import type { Invariant, Violation } from './invariant.ts';

const checkPlace = (evidence: EvidenceIndex, row: OutboxRow): readonly Violation[] => {
  const about = { orderId: row.orderId, eventId: row.eventId };
  if (row.offset === null)
    return [
      {
        ...about,
        summary: 'An event is COMPLETED without the place where it was published.',
        expected: 'partition and offset',
        seen: `partition ${row.partition}, no offset`,
      },
    ];
  const records = evidence.logByEvent.get(row.eventId) ?? [];
  if (records.some(({ partition, offset }) => partition === row.partition && offset === row.offset)) return [];
  const places = records.map(({ partition, offset }) => `partition ${partition}, offset ${offset}`);
  return [
    {
      ...about,
      summary: 'An event is COMPLETED and does not lie where it is said to be.',
      expected: `partition ${row.partition}, offset ${row.offset}`,
      seen: places.length === 0 ? 'it is nowhere in the log' : places.join('; '),
      absentFrom: ['log'],
    },
  ];
};

/** Every appearance, so that a repeat with other bytes is caught too. */
const checkBytes = (evidence: EvidenceIndex): readonly Violation[] =>
  evidence.eventRecords.flatMap((record): readonly Violation[] => {
    const eventId = record.headers['ce_id'] ?? '';
    const row = evidence.outboxByEvent.get(eventId) ?? evidence.skippedByEvent.get(eventId);
    const difference = row === undefined ? undefined : differences(row, record)[0];
    if (row === undefined || difference === undefined) return [];
    return [
      {
        summary: `A record of the log differs from the event that was committed, in its ${difference.part}.`,
        orderId: row.orderId,
        eventId,
        expected: difference.expected,
        seen: `${difference.seen}, at partition ${record.partition}, offset ${record.offset}`,
      },
    ];
  });

export const completedInLog: Invariant = {
  id: 4,
  name: 'A COMPLETED event lies at its recorded partition and offset, byte for byte as committed',
  needs: ['outbox', 'skipped', 'log'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const completed = evidence.outbox.rows.filter(({ status }) => status === 'COMPLETED');
    return {
      checked: completed.length,
      violations: [...completed.flatMap((row) => checkPlace(evidence, row)), ...checkBytes(evidence)],
    };
  },
};
