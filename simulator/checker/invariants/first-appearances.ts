import type { EvidenceIndex } from '../evidence-index.ts';
import { appearancesOf } from '../facts/appearances.ts';
import type { OrderAppearances } from '../facts/appearances.ts';
import { sequenceOf } from '../read-headers.ts';
import type { Invariant, Violation } from './invariant.ts';

/** Two events of one sequence are only right when one of them is the skip of the other. */
const twinsOf = (evidence: EvidenceIndex, orderId: string): readonly Violation[] => {
  const eventOf = new Map<number, string>();
  const violations: Violation[] = [];
  for (const record of evidence.logByOrder.get(orderId) ?? []) {
    const sequence = sequenceOf(record.headers);
    const eventId = record.headers['ce_id'];
    if (sequence === null || eventId === undefined) continue;
    const other = eventOf.get(sequence);
    eventOf.set(sequence, other ?? eventId);
    if (other === undefined || other === eventId) continue;
    const isSkip =
      evidence.skippedByEvent.get(other)?.replacementEventId === eventId ||
      evidence.skippedByEvent.get(eventId)?.replacementEventId === other;
    if (!isSkip)
      violations.push({
        summary: `Two different events of one order have the sequence ${sequence}.`,
        orderId,
        eventId,
        expected: `only event ${other}`,
        seen: `also event ${eventId} at partition ${record.partition}, offset ${record.offset}`,
        absentFrom: ['skipped'],
      });
  }
  return violations;
};

const violationsOf = (appearances: OrderAppearances): readonly Violation[] => {
  const { orderId, first, unreadable, late, gaps } = appearances;
  const seen = `first appearances in the order ${first.map(({ sequence }) => sequence).join(', ')}`;
  const expected = '1, 2, 3 … without a gap';
  return [
    ...unreadable.map((record) => ({
      summary: 'A record has no readable sequence.',
      orderId,
      eventId: record.headers['ce_id'],
      expected: 'header ce_sequence with ten digits',
      seen: `"${record.headers['ce_sequence'] ?? ''}" at partition ${record.partition}, offset ${record.offset}`,
    })),
    ...late.slice(0, 1).map(({ sequence, record, after }) => ({
      summary: `Events of an order are out of order: ${sequence} first appears at offset ${record.offset}, after ${sequenceOf(after.headers) ?? '?'} at offset ${after.offset}.`,
      orderId,
      eventId: record.headers['ce_id'],
      expected,
      seen,
    })),
    ...gaps.slice(0, 1).map((gap) => ({
      summary: `The log has later events of an order, but never its event ${gap}.`,
      orderId,
      expected,
      seen,
      absentFrom: ['log'] as const,
    })),
  ];
};

export const firstAppearances: Invariant = {
  id: 7,
  name: 'The first appearances of each order’s events are 1 to n, in order, without a gap',
  needs: ['log', 'skipped'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => ({
    checked: evidence.logByOrder.size,
    violations: [...evidence.logByOrder.keys()].flatMap((orderId) => [
      ...violationsOf(appearancesOf(evidence, orderId)),
      ...twinsOf(evidence, orderId),
    ]),
  }),
};
