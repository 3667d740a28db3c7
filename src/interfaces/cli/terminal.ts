/** A whole screen that a person looks at. */
export interface Screen {
  /** Shows these lines in place of those before, as far as they fit; again when the size of the terminal changes. */
  show(lines: readonly string[]): void;
  /** Aborted once the person has seen enough. */
  readonly left: AbortSignal;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** Where a command writes. Data goes to `out`, talk to `err`, so that a pipe gets data only. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Only where a person looks at `out`. */
  readonly openScreen?: () => Screen;
}

/** 0: done, and all is well. 1: done, and the answer is bad news. 2: could not run. */
export type ExitCode = 0 | 1 | 2;

// Control characters in data could move the cursor or change colours of the terminal that shows them.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from elsewhere in one harmless line. */
export const printable = (text: string): string => text.replace(CONTROL, '\ufffd');
