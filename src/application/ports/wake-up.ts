/**
 * Tells a relay in the same process that something was committed. A hint, never a guarantee: a lost wake-up
 * costs one polling interval.
 */
export interface WakeUp {
  ring(): void;
}
