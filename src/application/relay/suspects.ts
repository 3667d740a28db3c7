import type { OutboxRecord } from '../ports/relay-outbox.ts';
import type { Backoff } from './relay-policy.ts';
import { UNKNOWN_PERIOD_MS, backoffMs } from './relay-policy.ts';

/** A failure of the `unknown` class that may turn out to be the event's own. */
export interface Doubt {
  readonly record: OutboxRecord;
  readonly error: string;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** An order whose head failed when it was sent alone, by an outage or for an unknown reason. */
export interface Suspect {
  readonly failures: number;
  readonly triedAt: number;
  /** Not sent again before, unless as a canary. Monotonic milliseconds. */
  readonly retryAt: number;
  readonly doubt: Doubt | undefined;
}

/** By order key. */
export type Suspects = ReadonlyMap<string, Suspect>;

export const NO_SUSPECTS: Suspects = new Map();

/** `doubt` is given when the failure was of the `unknown` class. */
export const withSuspect = (
  suspects: Suspects,
  orderKey: string,
  now: number,
  doubt: Doubt | undefined,
  backoff: Backoff,
  random: number,
): Suspects => {
  const failures = (suspects.get(orderKey)?.failures ?? 0) + 1;
  const suspect = { failures, triedAt: now, retryAt: now + backoffMs(failures, backoff, random), doubt };
  return new Map([...suspects, [orderKey, suspect]]);
};

export const withoutSuspects = (suspects: Suspects, orderKeys: Iterable<string>): Suspects => {
  const rest = new Map(suspects);
  for (const orderKey of orderKeys) rest.delete(orderKey);
  return rest;
};

/**
 * The doubts that a success of `succeeded` turns into attempts of the events: failures of other orders, before
 * it and no longer ago than the period. The doubts of an outage stay without a success and so spend nothing.
 */
export const confirmedDoubts = (suspects: Suspects, succeeded: ReadonlySet<string>, now: number): readonly Doubt[] =>
  [...suspects].flatMap(([orderKey, { doubt }]) =>
    doubt === undefined || succeeded.has(orderKey) || now - doubt.at > UNKNOWN_PERIOD_MS ? [] : [doubt],
  );

/**
 * The next record to try alone: the head of an order that has not failed alone yet, in the order given; else the
 * one tried longest ago. So a record that always fails cannot keep the circuit open while any other gets through.
 */
export const chooseCanary = (heads: readonly OutboxRecord[], suspects: Suspects): OutboxRecord | undefined => {
  const triedAt = (head: OutboxRecord): number => suspects.get(head.orderKey)?.triedAt ?? Number.NEGATIVE_INFINITY;
  return heads.reduce<OutboxRecord | undefined>(
    (best, head) => (best === undefined || triedAt(head) < triedAt(best) ? head : best),
    undefined,
  );
};
