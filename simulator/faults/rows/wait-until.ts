import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/**
 * Asks until the answer is true; an error counts as "not yet". @throws with `what` when `boundMs` are over, and an
 * AbortError as soon as the signal, if there is one, is aborted and the look under way has ended.
 */
export const waitUntil = async (
  what: string,
  boundMs: number,
  look: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> => {
  const giveUpAt = performance.now() + boundMs;
  while (performance.now() < giveUpAt) {
    signal?.throwIfAborted();
    if (await look().catch(() => false)) return;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
  throw new Error(`${what} did not happen within ${boundMs / 1_000} s`);
};
