import { styleText } from 'node:util';

/** Where the run talks to the person watching. */
export interface Talk {
  /** A line that stays. */
  line(text: string): void;
  /** How things stand: one line redrawn on a terminal, a line every few seconds elsewhere. */
  status(text: string): void;
  /** True when the stream shows colours. */
  readonly paints: boolean;
  /** Emphasis where the stream shows it. */
  paint(style: 'bold' | 'green' | 'red' | 'yellow' | 'dim', text: string): string;
  /** Ends the status line. */
  close(): void;
}

/** The part of a stream that is used; `process.stdout` and `process.stderr` have it. */
export interface TalkStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
}

const STATUS_EVERY_MS = 5_000;
const ERASE_LINE = '\r\u001b[2K';

export const talkTo = (stream: TalkStream, environment: NodeJS.ProcessEnv, now: () => number = Date.now): Talk => {
  const redraws = stream.isTTY === true && environment['TERM'] !== 'dumb';
  const paints = redraws && (environment['NO_COLOR'] ?? '') === '';
  let shown = '';
  let lastStatusAt = Number.NEGATIVE_INFINITY;
  return {
    line: (text) => {
      stream.write(redraws && shown !== '' ? `${ERASE_LINE}${text}\n${shown}` : `${text}\n`);
    },
    status: (text) => {
      if (redraws) {
        shown = text.slice(0, Math.max(20, (stream.columns ?? 80) - 1));
        stream.write(`${ERASE_LINE}${shown}`);
      } else if (now() - lastStatusAt >= STATUS_EVERY_MS) {
        lastStatusAt = now();
        stream.write(`${text}\n`);
      }
    },
    paints,
    paint: (style, text) => (paints ? styleText(style, text, { validateStream: false }) : text),
    close: () => {
      if (redraws && shown !== '') stream.write(ERASE_LINE);
      shown = '';
    },
  };
};
