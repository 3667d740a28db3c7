/** A look may use so much of the time: one part in this many. */
const SHARE = 20;
const LONGEST_MS = 15_000;

/**
 * How long to leave the databases alone after a look that took `tookMs`: counting tables that have grown large is work
 * for them, and looking must stay a small part of their load. At least `everyMs`, and at most 15 s (unless `everyMs` is
 * longer), so that the end is noticed.
 */
export const pauseAfterLook = (tookMs: number, everyMs: number): number =>
  Math.max(everyMs, Math.min(tookMs * SHARE, LONGEST_MS));
