import type { EvidenceIndex } from '../evidence-index.ts';
import type { OrderRow } from '../evidence.ts';
import { isHeldByQuarantine } from '../facts/quarantine.ts';
import { hadItsMinute, lastHealAt } from '../facts/rest.ts';
import type { Findings, Invariant, Violation } from './invariant.ts';

const checkPending = (evidence: EvidenceIndex): Findings => {
  const waiting = evidence.outbox.rows.filter(
    (row) => row.status === 'PENDING' && !isHeldByQuarantine(evidence, row.orderId, row.sequence),
  );
  const stuck = waiting.filter(({ createdAt }) => hadItsMinute(evidence, createdAt));
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
    undecided: [
      {
        what:
          lastHealAt(evidence) === Infinity
            ? 'pending while a fault never healed'
            : 'pending when the run was read, and not yet for a minute',
        count: waiting.length - stuck.length,
        noun: 'event',
      },
    ],
  };
};

const ENDS: ReadonlySet<string> = new Set(['delivered', 'cancelled']);

/** When the last consumer had the order's last event and its last callback was answered; undefined: not all have, or one is open. */
const atRestSince = (evidence: EvidenceIndex, { orderId, version }: OrderRow): number | undefined => {
  const callbacks = evidence.callbacksByOrder.get(orderId) ?? [];
  if (callbacks.some(({ status }) => status === 'pending')) return undefined;
  const applied = (evidence.inboxByOrder.get(orderId) ?? []).filter(({ sequence }) => sequence === version);
  if (!evidence.run.consumers.every((name) => applied.some(({ consumer }) => consumer === name))) return undefined;
  return Math.max(
    ...applied.map(({ appliedAt }) => appliedAt),
    ...callbacks.map(({ createdAt, finishedAt }) => finishedAt ?? createdAt),
  );
};

/**
 * Every consumer has applied all there is of the order, every callback got its 2xx, and yet the order is not at its
 * end: nothing will ever move it. An order with a callback still to be made, or with a refused one, or whose events
 * are not all applied, is told of by the number only: a long outage's closed loop takes its time.
 */
const checkLoop = (evidence: EvidenceIndex): Findings => {
  if (evidence.run.closedLoop !== true) return { checked: 0, violations: [] };
  const short = evidence.orders.rows.filter(({ status }) => !ENDS.has(status));
  const rests = short.map((order) => ({ order, since: atRestSince(evidence, order) }));
  const forsaken = rests.filter(({ order: { orderId }, since }) => {
    const refused = (evidence.callbacksByOrder.get(orderId) ?? []).some(({ status }) => status === 'refused');
    return since !== undefined && !refused && hadItsMinute(evidence, since);
  });
  return {
    checked: evidence.orders.rows.length,
    violations: forsaken.map(({ order: { orderId, status, version } }): Violation => ({
      summary: `An order stands still: ${status}, and nothing is left that would bring it to its end.`,
      orderId,
      expected: 'delivered or cancelled, or a callback that is still to be made or was refused',
      seen: `${status} at version ${version}; every consumer has applied all of its events, and all its callbacks were accepted`,
      absentFrom: ['callbacks', 'faults'],
    })),
    undecided: [
      {
        what: 'neither delivered nor cancelled when the run was read',
        count: short.length - forsaken.length,
        noun: 'order',
      },
    ],
  };
};

export const nothingStuck: Invariant = {
  id: 14,
  name: 'A minute after the last fault healed no event is pending unless held, and no order stands still short of its end',
  needs: ['outbox', 'faults', 'callbacks'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const [pending, loop] = [checkPending(evidence), checkLoop(evidence)];
    return {
      checked: pending.checked + loop.checked,
      violations: [...pending.violations, ...loop.violations],
      undecided: [...(pending.undecided ?? []), ...(loop.undecided ?? [])],
    };
  },
};
