import { waitUntil } from './wait-until.ts';

/**
 * Looks for something that is to be judged: false when it did not happen within `boundMs`. @throws an AbortError once the
 * signal is aborted, since then nothing is known of it.
 */
export const didHappen = async (
  what: string,
  boundMs: number,
  look: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> => {
  try {
    await waitUntil(what, boundMs, look, signal);
    return true;
  } catch (cause) {
    if (signal.aborted) throw cause;
    return false;
  }
};
