import type { CallbackAnswer } from '../ports/consumer-callbacks.ts';

export type CallbackVerdict =
  | { readonly _tag: 'Delivered' }
  /** Final: no further attempt would be answered otherwise. */
  | { readonly _tag: 'Refused' }
  /** `afterMs` when the other side named a time. */
  | { readonly _tag: 'Retry'; readonly reason: string; readonly afterMs: number | undefined };

/** Request time-out, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);

/**
 * A 409 that names a time to come back says that the same Idempotency-Key is at work in another request; a 409
 * without one is an answer. Redirects are not followed and count as a fault of the other side's set-up.
 */
export const judgeAnswer = ({ status, retryAfterMs }: CallbackAnswer): CallbackVerdict => {
  if (status >= 200 && status < 300) return { _tag: 'Delivered' };
  const keyAtWork = status === 409 && retryAfterMs !== undefined;
  if (status >= 400 && status < 500 && !PASSING.has(status) && !keyAtWork) return { _tag: 'Refused' };
  return { _tag: 'Retry', reason: `HTTP ${status}`, afterMs: retryAfterMs };
};
