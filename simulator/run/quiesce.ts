import { isDeepStrictEqual } from 'node:util';
import { pauseAfterLook } from './pause-after-look.ts';
import { isComplete } from './progress.ts';
import type { Progress } from './progress.ts';

/** Why waiting ended. */
export type AtRest = 'complete' | 'still' | 'timeout' | 'aborted';

export interface QuiesceOptions {
  readonly look: () => Promise<Progress | undefined>;
  /** Told after every look. */
  readonly seen: (progress: Progress | undefined) => void;
  /** Nothing free to go and nothing changed for this long: what is left will not move by itself. */
  readonly stillMs: number;
  /** Something is free to go, yet nothing changed for this long: a planted bug has forgotten it. Without, it is waited for. */
  readonly forgottenMs?: number;
  readonly boundMs: number;
  /** Shortest pause between two looks. */
  readonly everyMs: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The end is noticed within so long. */
const LONGEST_PAUSE_MS = 5_000;

/** Waits until the closed loop has come to rest, well or badly. */
export const quiesce = async (options: QuiesceOptions): Promise<AtRest> => {
  const { now, forgottenMs = Infinity } = options;
  const startedAt = now();
  let last: Progress | undefined;
  let changedAt = startedAt;
  while (now() - startedAt < options.boundMs) {
    if (options.signal.aborted) return 'aborted';
    const askedAt = now();
    const progress = await options.look();
    const tookMs = now() - askedAt;
    options.seen(progress);
    if (progress !== undefined && isComplete(progress)) return 'complete';
    if (progress === undefined || !isDeepStrictEqual(progress, last)) changedAt = now();
    else if (now() - changedAt >= (progress.pending === 0 ? options.stillMs : forgottenMs)) return 'still';
    last = progress;
    await options.sleep(pauseAfterLook(tookMs, options.everyMs, LONGEST_PAUSE_MS));
  }
  return 'timeout';
};
