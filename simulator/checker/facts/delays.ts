import type { EvidenceIndex } from '../evidence-index.ts';
import type { FaultWindow, OutboxRow } from '../evidence.ts';
import { anyOpen, publishingFaults, systemFaults } from './faults.ts';
import { oncePer } from './once.ts';
import { releasedEvents } from './quarantine.ts';
import { ONE_MINUTE_MS } from './rest.ts';

/**
 * How long one event took.
 *
 * Publish delay: LogAppendTime of its first appearance − `created_at`, an upper bound of commit to broker since
 * `created_at` precedes COMMIT. End to end: the moment the last of the consumers had it in its inbox (in the
 * transaction of its effect) − `created_at`.
 */
export interface EventDelay {
  readonly row: OutboxRow;
  /** Null while it is not in the log. */
  readonly publishMs: number | null;
  /** Null until every consumer has applied it. */
  readonly endToEndMs: number | null;
  /**
   * For the publishing:
   * - `calm`: nothing that its publishing needs was broken while it was on its way.
   * - `fault`: something its publishing needs was broken when it was created, or broke before it had arrived in good time.
   * - `released`: it was quarantined, or had to wait behind such an event.
   */
  readonly group: 'calm' | 'fault' | 'released';
  /** The same for the whole way, which needs the consumers too. */
  readonly wholeWayGroup: 'calm' | 'fault' | 'released';
  /** By when every consumer must have applied it: a minute after it was created, or after a fault in between, with what it left behind. */
  readonly dueAt: number;
}

/** The promised mean (requirements). */
export const PUBLISH_MEAN_MS = 3_000;

const appliedByAll = (evidence: EvidenceIndex): ReadonlyMap<string, number> => {
  const applied = new Map<string, { count: number; last: number }>();
  for (const { eventId, appliedAt } of evidence.inbox.rows) {
    const before = applied.get(eventId);
    applied.set(eventId, { count: (before?.count ?? 0) + 1, last: Math.max(before?.last ?? 0, appliedAt) });
  }
  const complete = [...applied].filter(([, { count }]) => count >= evidence.run.consumers.length);
  return new Map(complete.map(([eventId, { last }]) => [eventId, last]));
};

/**
 * The fault until the closed loop has come back from it. What gathered during an outage of a minute or more is worked
 * off at the speed of the database while new orders keep coming, so the loop has as long again as the outage lasted.
 */
const forTheLoop = (fault: FaultWindow): FaultWindow => {
  if (fault.healedAt === null) return fault;
  const lasted = fault.healedAt - fault.at;
  return lasted >= ONE_MINUTE_MS ? { ...fault, healedAt: fault.healedAt + lasted } : fault;
};

/** A fault that opens before an event is due gives it a new minute from its end. */
const dueAt = (faults: readonly FaultWindow[], createdAt: number): number =>
  faults.reduce((due, { at, healedAt }) => {
    const healed = healedAt ?? Infinity;
    return at <= due && healed >= createdAt ? Math.max(due, healed + ONE_MINUTE_MS) : due;
  }, createdAt + ONE_MINUTE_MS);

/** The delays of every event in the outbox. Copies that the simulator put into the log count for nothing. */
export const eventDelays = oncePer((evidence: EvidenceIndex): readonly EventDelay[] => {
  const released = releasedEvents(evidence);
  const applied = appliedByAll(evidence);
  const faults = systemFaults(evidence).map(forTheLoop);
  const hindering = publishingFaults(evidence);
  return evidence.outbox.rows.map((row) => {
    const first = evidence.logByEvent
      .get(row.eventId)
      ?.find((record) => evidence.isInjected(record) === undefined)?.appendedAt;
    const last = applied.get(row.eventId);
    // A fault that begins after the promised time has passed is no excuse for the time before it.
    const until = Math.min(first ?? Infinity, row.createdAt + PUBLISH_MEAN_MS);
    const arrival = Math.min(last ?? Infinity, row.createdAt + ONE_MINUTE_MS);
    const groupOf = (touched: boolean): EventDelay['group'] =>
      released.has(row.eventId) ? 'released' : touched ? 'fault' : 'calm';
    return {
      row,
      publishMs: first === undefined ? null : Math.max(0, first - row.createdAt),
      endToEndMs: last === undefined ? null : Math.max(0, last - row.createdAt),
      group: groupOf(anyOpen(hindering, row.createdAt, until)),
      wholeWayGroup: groupOf(anyOpen(faults, row.createdAt, arrival)),
      dueAt: dueAt(faults, row.createdAt),
    };
  });
});
