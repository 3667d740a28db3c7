export interface RetryPolicy {
  readonly baseMs: number;
  readonly capMs: number;
}

/** Exponential backoff with equal jitter: half of the step for certain, the other half at random. `attempt` from 1. */
export const retryDelay = ({ baseMs, capMs }: RetryPolicy, attempt: number, random: number): number => {
  const step = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(step / 2 + (step / 2) * random);
};
