import type { EvidenceIndex } from '../evidence-index.ts';
import { sequenceOf } from '../read-headers.ts';
import { oncePer } from './once.ts';

/** An event that was QUARANTINED at some time of the run. */
export interface QuarantinedEvent {
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
  /** Times of its 7th failed attempts, as far as the attempt history tells. */
  readonly quarantinedAt: readonly number[];
  /** Times of audited redrives and skips. */
  readonly releasedAt: readonly number[];
  readonly stillQuarantined: boolean;
}

export const MAX_ATTEMPTS = 7;

/**
 * Every event that was ever quarantined, told by any of four signs, so that a lost one does not hide it: its
 * status now, a sighting during the run, a 7th failed attempt, an operator's action on it.
 */
export const quarantinedEvents = oncePer((evidence: EvidenceIndex): readonly QuarantinedEvent[] => {
  const ids = new Set<string>([
    ...evidence.outbox.rows.filter(({ status }) => status === 'QUARANTINED').map(({ eventId }) => eventId),
    ...evidence.quarantines.rows.map(({ eventId }) => eventId),
    ...evidence.attempts.rows.filter(({ attempt }) => attempt >= MAX_ATTEMPTS).map(({ eventId }) => eventId),
    ...evidence.skipped.rows.map(({ eventId }) => eventId),
    ...evidence.audit.rows.flatMap(({ eventId }) => (eventId === null ? [] : [eventId])),
  ]);
  return [...ids].flatMap((eventId) => {
    const row = evidence.outboxByEvent.get(eventId) ?? evidence.skippedByEvent.get(eventId);
    // A row that was purged after its release has left its record.
    const record = evidence.logByEvent.get(eventId)?.[0];
    const orderId = row?.orderId ?? record?.key ?? null;
    const sequence = row?.sequence ?? (record === undefined ? null : sequenceOf(record.headers));
    if (orderId === null || sequence === null) return [];
    return [
      {
        eventId,
        orderId,
        sequence,
        quarantinedAt: (evidence.attemptsByEvent.get(eventId) ?? [])
          .filter(({ attempt }) => attempt >= MAX_ATTEMPTS)
          .map(({ failedAt }) => failedAt),
        releasedAt: (evidence.auditByEvent.get(eventId) ?? []).map(({ at }) => at),
        stillQuarantined: row !== undefined && 'status' in row && row.status === 'QUARANTINED',
      },
    ];
  });
});

/** Event IDs that were ever quarantined or had to wait behind such an event. Their delay is an operator's, not the relay's. */
export const releasedEvents = oncePer((evidence: EvidenceIndex): ReadonlySet<string> => {
  const released = new Set<string>();
  for (const event of quarantinedEvents(evidence)) {
    released.add(event.eventId);
    const replacement = evidence.skippedByEvent.get(event.eventId)?.replacementEventId;
    if (replacement !== undefined) released.add(replacement);
    const until = event.stillQuarantined ? Infinity : Math.max(...event.releasedAt, -Infinity);
    for (const row of evidence.outboxByOrder.get(event.orderId) ?? [])
      if (row.sequence > event.sequence && row.createdAt <= until) released.add(row.eventId);
  }
  return released;
});

/** True when an earlier event of the order is QUARANTINED now. */
export const isHeldByQuarantine = (evidence: EvidenceIndex, orderId: string, sequence: number): boolean =>
  (evidence.outboxByOrder.get(orderId) ?? []).some((row) => row.sequence < sequence && row.status === 'QUARANTINED');
