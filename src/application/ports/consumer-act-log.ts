import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

/**
 * What became of an act on an order at a consumer. `released`, `not-parked`: the consumer said so, which is final.
 * `not-done`: certainly nothing was done. `unknown`: whether it was done is not known.
 */
export const ACT_OUTCOMES = ['released', 'not-parked', 'not-done', 'unknown'] as const;
export type ActOutcome = (typeof ACT_OUTCOMES)[number];

/** To end the parking of these orders, as it is written before the consumer is asked. */
export interface IntendedActs {
  /** A new one for each request of an operator. */
  readonly requestId: string;
  readonly actor: string;
  readonly consumer: string;
  readonly orderIds: readonly string[];
  /** 1–500 characters. */
  readonly reason: string;
}

export interface SettledAct {
  readonly orderId: string;
  readonly outcome: ActOutcome;
  /** Why, where it was not done or is not known. */
  readonly detail: string | null;
}

/** An act with what became of it up to now. */
export interface StandingAct extends SettledAct {
  /** Milliseconds since it was intended, by the database's clock, as long as nothing was noted of it. */
  readonly openForMs: number | undefined;
}

/** The audit of what operators asked of consumers. Rows are only ever added. */
export interface ConsumerActLog {
  /** The same request again adds nothing. */
  intend(tx: Transaction, acts: IntendedActs): TaskEither<StorageUnavailable, void>;
  settle(tx: Transaction, requestId: string, settled: readonly SettledAct[]): TaskEither<StorageUnavailable, void>;
  /**
   * The acts of a request by their orders' IDs, each with what became of it: what is final, else the last that was noted;
   * `unknown` as long as nothing was.
   */
  ofRequest(tx: Transaction, requestId: string): TaskEither<StorageUnavailable, readonly StandingAct[]>;
}
