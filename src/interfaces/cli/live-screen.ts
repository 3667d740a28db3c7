import type { Screen } from './terminal.ts';

/** Another screen than the one that the shell writes on, without a cursor; what is too long for a line is not wrapped. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const TOP_LEFT = '\x1b[H';
const CLEAR_LINE = '\x1b[K';

/** q, and Ctrl-C, which is no signal but a key while keys are read one by one. */
const LEAVING_KEYS = ['q', 'Q', '\x03'];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Of a terminal that does not tell its size. */
const USUAL = { columns: 80, rows: 24 };

/** Every row is written anew, each cleared just before: nothing of an earlier frame is left, and nothing scrolls. */
const frame = (lines: readonly string[], columns: number, rows: number): string =>
  TOP_LEFT +
  Array.from({ length: rows }, (_, row) => {
    const line = Array.from(lines[row] ?? '').slice(0, columns);
    return `${CLEAR_LINE}${line.join('')}`;
  }).join('\r\n');

/** Takes the terminal over until it is closed; `input` is read for keys where it is a terminal as well. */
export const openLiveScreen = (output: NodeJS.WriteStream, input: NodeJS.ReadStream): Screen => {
  const left = new AbortController();
  let shown: readonly string[] = [];
  const draw = (): void => {
    const columns = output.columns > 0 ? output.columns : USUAL.columns;
    const rows = output.rows > 0 ? output.rows : USUAL.rows;
    output.write(frame(shown, columns, rows));
  };
  const leave = (): void => {
    left.abort();
  };
  const press = (keys: Buffer): void => {
    if (LEAVING_KEYS.some((key) => keys.includes(key))) leave();
  };
  output.write(ENTER);
  output.on('resize', draw);
  for (const signal of SIGNALS) process.on(signal, leave);
  if (input.isTTY) input.setRawMode(true).on('data', press);
  return {
    show: (lines) => {
      shown = lines;
      draw();
    },
    left: left.signal,
    close: () => {
      if (input.isTTY) input.setRawMode(false).off('data', press).pause();
      for (const signal of SIGNALS) process.off(signal, leave);
      output.off('resize', draw);
      output.write(LEAVE);
    },
  };
};
