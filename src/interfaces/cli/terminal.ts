/** Where a command writes. Data goes to `out`, talk to `err`, so that a pipe gets data only. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Takes a whole screen in place of the one before. Only where a person looks at `out`. */
  readonly screen?: (lines: readonly string[]) => void;
}

/** 0: done, and all is well. 1: done, and the answer is bad news. 2: could not run. */
export type ExitCode = 0 | 1 | 2;

// Control characters in data could move the cursor or change colours of the terminal that shows them.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from elsewhere in one harmless line. */
export const printable = (text: string): string => text.replace(CONTROL, '\ufffd');
