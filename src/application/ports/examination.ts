import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Unreachable } from './start-check.ts';

/** `fail`: a promise is broken or will be. `warn`: worth knowing, or about to become one. */
export type Health = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface Observation {
  readonly state: Health;
  /** What was seen, with figures. */
  readonly says: string;
  /** How to mend it; always there when it fails. */
  readonly mend?: string;
}

/** Something the doctor looks into. It reads and changes nothing. */
export interface Examination {
  /** For people, e.g. `clocks`. */
  readonly name: string;
  readonly run: TaskEither<Unreachable, readonly Observation[]>;
}
