export const OUTBOX_STATUSES = ['PENDING', 'COMPLETED', 'QUARANTINED'] as const;

/** Column `status`. A PENDING event is *retrying* while it has a `next_attempt_at`, and *held* while it has a `held_by`. */
export type OutboxStatus = (typeof OUTBOX_STATUSES)[number];

/** Undefined: there is no row before, or after. */
interface OutboxMove {
  readonly from: OutboxStatus | undefined;
  readonly to: OutboxStatus | undefined;
  /** What has to happen, for people. */
  readonly when: string;
}

/**
 * Every way in which the status of an event changes. Adapters take what they look for and what they write from here, and the
 * diagram in docs/architecture.md is drawn from it. A move whose event is not in `from` (any more) does nothing, so each
 * can be sent again after an unknown outcome.
 */
export const OUTBOX_MOVES = {
  append: { from: undefined, to: 'PENDING', when: 'committed together with its order' },
  acknowledge: { from: 'PENDING', to: 'COMPLETED', when: 'Kafka acknowledged it, and the answer was checked' },
  retryLater: {
    from: 'PENDING',
    to: 'PENDING',
    when: 'refused because of itself, attempts 1 to 6 (waits, and holds later ones of its order)',
  },
  quarantine: { from: 'PENDING', to: 'QUARANTINED', when: 'refused because of itself, attempt 7' },
  redrive: { from: 'QUARANTINED', to: 'PENDING', when: 'redriven by an operator, attempts reset' },
  skip: {
    from: 'QUARANTINED',
    to: 'PENDING',
    when: 'skipped by an operator (kept apart, EventSkipped takes its place)',
  },
  purge: { from: 'COMPLETED', to: undefined, when: 'older than the retention, removed by the janitor' },
} as const satisfies Readonly<Record<string, OutboxMove>>;
