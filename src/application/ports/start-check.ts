import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** Something that is set up wrongly, and how to mend it. */
export interface Finding {
  readonly problem: string;
  /** Absent when `problem` says it. */
  readonly mend?: string;
  /** Worth knowing, but work may go on. */
  readonly isWarning?: true;
}

/** What is to be checked cannot be asked now; it may come back by itself. */
export interface Unreachable {
  readonly _tag: 'Unreachable';
  readonly reason: string;
  readonly cause: unknown;
}

/** One thing that must be right before work starts, asked again while the process lives. */
export interface StartCheck {
  /** For people, e.g. `MySQL settings`. */
  readonly name: string;
  /** How long a passed check is trusted, milliseconds. */
  readonly recheckMs: number;
  /** No finding but warnings: all is well. */
  readonly run: TaskEither<Unreachable, readonly Finding[]>;
}
