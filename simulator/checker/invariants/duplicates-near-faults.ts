import { duplicatesPublished } from '../facts/duplicates.ts';
import { anyOpen, publishingFaults } from '../facts/faults.ts';
import type { Invariant, Violation } from './invariant.ts';

/** LogAppendTime has whole milliseconds, rounded down. */
const LOG_RESOLUTION_MS = 1;

/** How long after a heal the system may still repeat itself: a lease must run out, then the batch in flight is sent again. */
const AFTERMATH_MS = 30_000;

export const duplicatesNearFaults: Invariant = {
  id: 12,
  name: 'Events are published twice only in the wake of a fault',
  needs: ['log', 'faults', 'injected'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const duplicates = duplicatesPublished(evidence);
    const faults = publishingFaults(evidence);
    return {
      checked: evidence.eventRecords.length,
      notes: [{ what: 'published more than once', count: duplicates.length, noun: 'record' }],
      violations: duplicates
        .filter(({ appendedAt }) => !anyOpen(faults, appendedAt - AFTERMATH_MS, appendedAt + LOG_RESOLUTION_MS))
        .map((record): Violation => {
          const [first] = evidence.logByEvent.get(record.headers['ce_id'] ?? '') ?? [];
          return {
            summary: 'An event was published twice while nothing was broken.',
            orderId: record.key ?? undefined,
            eventId: record.headers['ce_id'],
            expected: 'one appearance',
            seen: `offset ${first?.offset ?? '?'} and again offset ${record.offset} of partition ${record.partition}`,
            absentFrom: ['faults', 'injected'],
          };
        }),
    };
  },
};
