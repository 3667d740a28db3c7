import type { AfterFailure } from '../ports/relay-outbox.ts';

/*
 * The relay's decisions, pure. The state machines are drawn in states.md beside this file.
 */

/** The first try and six retries. */
export const MAX_ATTEMPTS = 7;

/**
 * How long a failure of the `unknown` class waits for evidence, milliseconds. It counts as the event's own only
 * when a record of another order gets through in the same lane after it and within this period.
 */
export const UNKNOWN_PERIOD_MS = 5_000;

export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/** Exponential with full jitter: uniform in (0, min(cap, base × 2^(failures - 1))], `failures` from 1. `random` is in [0, 1). */
export const backoffMs = (failures: number, { baseMs, capMs }: Backoff, random: number): number => {
  const ceiling = Math.min(capMs, baseMs * 2 ** (Math.max(1, failures) - 1));
  return Math.max(1, Math.ceil(ceiling * random));
};

/** Where an event stands after one more failed attempt; `attemptsBefore` counts those spent earlier, 0–6. */
export const afterFailure = (attemptsBefore: number, backoff: Backoff, random: number): AfterFailure => {
  const attempts = attemptsBefore + 1;
  return attempts >= MAX_ATTEMPTS
    ? { _tag: 'Quarantine' }
    : { _tag: 'RetryAfter', delayMs: backoffMs(attempts, backoff, random) };
};

/**
 * A lane's circuit. Times are monotonic milliseconds. Open: nothing is sent until `until`; from then on it is
 * half open, and single records (canaries) are sent until one gets through.
 */
export type Circuit =
  { readonly _tag: 'Closed' } | { readonly _tag: 'Open'; readonly failures: number; readonly until: number };

export const CLOSED: Circuit = { _tag: 'Closed' };

/** After an outage: open, for longer each time in a row. */
export const circuitAfterOutage = (circuit: Circuit, now: number, backoff: Backoff, random: number): Circuit => {
  const failures = circuit._tag === 'Closed' ? 1 : circuit.failures + 1;
  return { _tag: 'Open', failures, until: now + backoffMs(failures, backoff, random) };
};

export type CircuitPhase = 'closed' | 'open' | 'half-open';

export const phaseOf = (circuit: Circuit, now: number): CircuitPhase => {
  if (circuit._tag === 'Closed') return 'closed';
  return now < circuit.until ? 'open' : 'half-open';
};
