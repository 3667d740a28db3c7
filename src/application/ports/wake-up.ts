/**
 * Tells the relays that something was committed. A hint, never a guarantee: a lost one costs one polling interval. Never
 * throws and never waits.
 */
export interface WakeUp {
  /** `orderKey`: that of the events committed. Without it any lane may have something new. */
  ring(orderKey?: string): void;
}
