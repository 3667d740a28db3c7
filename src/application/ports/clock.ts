/**
 * Time for loops and leases. Two clocks on purpose: the wall clock may jump, the monotonic one never does.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970. For display and `occurredAt` only. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary start. For time-outs and leases. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
