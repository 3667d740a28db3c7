import type { IncomingEvent } from '../ports/consumed-record.ts';
import type { InboxState } from '../ports/inbox.ts';

const place = (orderId: string, sequence: number): string => `${orderId}/${sequence}`;

/** What one open transaction has applied so far and its inbox, read when it began, does not show yet. */
export class BatchMemory {
  /** By event ID. */
  private readonly fingerprints = new Map<string, string>();
  /** By order ID. */
  private readonly lastSequences = new Map<string, number>();
  private readonly skipped = new Set<string>();

  applied({ eventId, orderId, sequence, fingerprint, isSkip }: IncomingEvent): void {
    this.fingerprints.set(eventId, fingerprint);
    this.lastSequences.set(orderId, sequence);
    if (isSkip) this.skipped.add(place(orderId, sequence));
  }

  /** `before` is the state of the event when the transaction began. */
  stateNow({ eventId, orderId, sequence }: IncomingEvent, before: InboxState): InboxState {
    return {
      ...before,
      lastSequence: this.lastSequences.get(orderId) ?? before.lastSequence,
      applied: before.applied ?? this.fingerprints.get(eventId),
      sequenceSkipped: before.sequenceSkipped || this.skipped.has(place(orderId, sequence)),
    };
  }
}
