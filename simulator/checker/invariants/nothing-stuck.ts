import { isHeldByQuarantine } from '../facts/quarantine.ts';
import { hadItsMinute, lastHealAt } from '../facts/rest.ts';
import { counted } from '../counted.ts';
import type { Invariant, Violation } from './invariant.ts';

export const nothingStuck: Invariant = {
  id: 14,
  name: 'A minute after the last fault healed nothing is pending, unless held by a quarantined event',
  needs: ['outbox', 'faults'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const waiting = evidence.outbox.rows.filter(
      (row) => row.status === 'PENDING' && !isHeldByQuarantine(evidence, row.orderId, row.sequence),
    );
    const stuck = waiting.filter(({ createdAt }) => hadItsMinute(evidence, createdAt));
    const young = waiting.length - stuck.length;
    return {
      checked: evidence.outbox.rows.length,
      violations: stuck.map((row): Violation => ({
        summary: 'An event is stuck: PENDING long after everything was healed, and nothing holds it.',
        orderId: row.orderId,
        eventId: row.eventId,
        expected: 'COMPLETED, QUARANTINED, or held by a quarantined event of its order',
        seen: `PENDING for ${Math.round((evidence.outboxReadAt - row.createdAt) / 1_000)} s, ${row.attempts} attempts, ${row.heldBy === null ? 'not held' : `marked as held by row ${row.heldBy}`}`,
        absentFrom: ['faults'],
      })),
      undecided:
        young === 0
          ? []
          : [
              lastHealAt(evidence) === Infinity
                ? `pending while a fault never healed: ${counted(young, 'event')}`
                : `pending when the run was read, and not yet for a minute: ${counted(young, 'event')}`,
            ],
    };
  },
};
