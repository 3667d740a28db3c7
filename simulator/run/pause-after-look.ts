/** A look may use so much of the time: one part in this many. */
const SHARE = 20;

/**
 * How long to leave the databases alone after a look that took `tookMs`: counting tables that have grown large is work
 * for them, and looking must stay a small part of their load. At least `everyMs`, and at most `longestMs` (unless
 * `everyMs` is longer), after which someone waits for news.
 */
export const pauseAfterLook = (tookMs: number, everyMs: number, longestMs: number): number =>
  Math.max(everyMs, Math.min(tookMs * SHARE, longestMs));
