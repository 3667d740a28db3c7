import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { decoded } from './decoded.ts';
import * as t from 'io-ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a person sees of a terminal. */
export interface Seen {
  /** One for each row of the terminal, without the blanks at its end. */
  readonly lines: readonly string[];
  /** How many lines have scrolled out of it, upwards. */
  readonly scrolled: number;
  /** Whether it is the screen that the shell writes on, or one that a program has laid over it. */
  readonly isShells: boolean;
  readonly cursorIsShown: boolean;
}

/** A command of ours in a real pseudo-terminal, with a terminal that shows what it writes. */
export interface TerminalProcess {
  look(): Promise<Seen>;
  type(keys: string): void;
  kill(signal: NodeJS.Signals): void;
  resize(size: TerminalSize): void;
  /** The exit code; what the process has written is shown by then. */
  readonly ended: Promise<number>;
}

/** Asks the terminal whether it shows its cursor (DECRQM), and what it answers. */
const ASK_FOR_CURSOR = '\x1b[?25$p';
// eslint-disable-next-line no-control-regex
const CURSOR_ANSWER = /^\x1b\[\?25;([12])\$y$/;

/** Starts `entry` below what a shell has written, with `env` and nothing of the tests' own settings. */
export const startInTerminal = (
  entry: 'src/order.ts',
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  size: TerminalSize,
): TerminalProcess => {
  const terminal = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true });
  terminal.write('$ order top\r\n');
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...args], {
    cols: size.columns,
    rows: size.rows,
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm-256color', ...env },
  });
  child.onData((text) => {
    terminal.write(text);
  });
  const written = (text: string): Promise<void> =>
    new Promise((resolve) => {
      terminal.write(text, resolve);
    });
  const cursorIsShown = async (): Promise<boolean> => {
    const answers: string[] = [];
    const listening = terminal.onData((answer) => answers.push(answer));
    await written(ASK_FOR_CURSOR);
    listening.dispose();
    return CURSOR_ANSWER.exec(decoded(t.tuple([t.string]), answers)[0])?.[1] === '1';
  };
  return {
    look: async () => {
      const shown = await cursorIsShown();
      const { active } = terminal.buffer;
      return {
        lines: Array.from(
          { length: terminal.rows },
          (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
        ),
        scrolled: active.baseY,
        isShells: active.type === 'normal',
        cursorIsShown: shown,
      };
    },
    type: (keys) => {
      child.write(keys);
    },
    kill: (signal) => {
      child.kill(signal);
    },
    resize: ({ columns, rows }) => {
      terminal.resize(columns, rows);
      child.resize(columns, rows);
    },
    ended: new Promise((resolve) => {
      child.onExit(({ exitCode }) => {
        resolve(exitCode);
      });
    }),
  };
};
