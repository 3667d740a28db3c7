import type { ClientOperation, ClientOperationKind } from '../checker/evidence.ts';

/** One line of history.jsonl: a request was sent, an answer came or failed to come, or its outcome was settled. */
export type HistoryEntry = {
  readonly index: number;
  /** Milliseconds since 1970. */
  readonly at: number;
} & (
  | {
      readonly event: 'invoked';
      readonly kind: ClientOperationKind;
      readonly idempotencyKey: string;
      readonly orderId: string | null;
      readonly marker: string;
    }
  | { readonly event: 'sent'; readonly attempt: number }
  | { readonly event: 'answered'; readonly status: number; readonly orderId: string | null }
  | { readonly event: 'unanswered'; readonly why: string }
  | { readonly event: 'completed'; readonly outcome: ClientOperation['outcome']; readonly status: number | null }
);

export interface Invocation {
  readonly kind: ClientOperationKind;
  readonly idempotencyKey: string;
  /** Null for `place`: the answer tells it. */
  readonly orderId: string | null;
  readonly marker: string;
  /** `place` only. */
  readonly totalMinor: number | null;
}

/** One operation while it is open. */
export interface OpenOperation {
  sent(): void;
  answered(status: number, orderId: string | null): void;
  unanswered(why: string): void;
  completed(outcome: ClientOperation['outcome']): void;
}

/** Whatever takes the lines: a file in a run, an array in a test. Must not throw. */
export type HistorySink = (entry: HistoryEntry) => void;

/**
 * What the clients saw, and nothing else. An operation that is never completed counts as `unknown`: it may or
 * may not have happened.
 */
export class History {
  readonly #operations: ClientOperation[] = [];
  readonly #now: () => number;
  readonly #sink: HistorySink;

  constructor(now: () => number, sink: HistorySink) {
    this.#now = now;
    this.#sink = sink;
  }

  invoke(invocation: Invocation): OpenOperation {
    const index = this.#operations.length;
    const at = this.#now();
    let current: ClientOperation = {
      index,
      ...invocation,
      invokedAt: at,
      completedAt: at,
      sent: 0,
      outcome: 'unknown',
      status: null,
    };
    this.#operations.push(current);
    const update = (changes: Partial<ClientOperation>): number => {
      const completedAt = this.#now();
      current = { ...current, ...changes, completedAt };
      this.#operations[index] = current;
      return completedAt;
    };
    const { kind, idempotencyKey, orderId, marker } = invocation;
    this.#sink({ index, at, event: 'invoked', kind, idempotencyKey, orderId, marker });
    return {
      sent: () => {
        const sentAt = update({ sent: current.sent + 1 });
        this.#sink({ index, at: sentAt, event: 'sent', attempt: current.sent });
      },
      answered: (status, answeredId) => {
        const answeredAt = update({ status, orderId: current.orderId ?? answeredId });
        this.#sink({ index, at: answeredAt, event: 'answered', status, orderId: answeredId });
      },
      unanswered: (why) => {
        this.#sink({ index, at: update({ status: null }), event: 'unanswered', why });
      },
      completed: (outcome) => {
        const completedAt = update({ outcome });
        this.#sink({ index, at: completedAt, event: 'completed', outcome, status: current.status });
      },
    };
  }

  /** As known now, by time of the first sending. */
  operations(): readonly ClientOperation[] {
    return [...this.#operations];
  }
}
