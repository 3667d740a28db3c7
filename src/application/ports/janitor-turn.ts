import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

/** The right of one janitor among several to work now. */
export interface Turn {
  /** False once it is over: the storage went away meanwhile, or thinks that this process did. */
  isHeld(): Promise<boolean>;
  /** Gives it back. */
  end(): Promise<void>;
}

/**
 * Lets one janitor work at a time. Two at once would do no harm, they would only take from the others what one was told
 * to leave them; so a turn needs no epoch, and nothing that is written asks for it.
 */
export interface JanitorTurns {
  /** Undefined while another one has it. Waits for nobody. */
  take(): TaskEither<StorageUnavailable, Turn | undefined>;
}
