import { type ChildProcess, fork } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a process of the bench says, in this order. */
export type Word = 'ready' | 'done';

export interface ChildOptions {
  /** File in this folder. */
  readonly entry: string;
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logDirectory: string;
}

export interface Child {
  readonly pid: number;
  /** Resolves when it has said the word; rejects when it ended without. */
  said(word: Word): Promise<void>;
  /** Lets it begin, once it has said that it is ready. */
  go(): void;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

const STOP_MS = 10_000;

const gone = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

/** Starts a process of the bench. It is told everything by its environment and answers by `Word`s. */
export const startChild = ({ entry, name, env, logDirectory }: ChildOptions): Child => {
  const log = createWriteStream(join(logDirectory, `${name}.log`), { flags: 'a' });
  const child = fork(fileURLToPath(new URL(entry, import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const heard = new Set<unknown>();
  child.on('message', (word) => heard.add(word));
  const said = async (word: Word): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (heard.has(word)) resolve();
      };
      child.on('message', look);
      child.once('exit', (code) => reject(new Error(`${name} ended with ${String(code)}; see ${name}.log`)));
      child.once('error', reject);
      look();
    });
  };
  return {
    pid: child.pid ?? -1,
    said,
    go: () => child.send('go'),
    stop: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.kill('SIGTERM');
      await gone(child);
      clearTimeout(timer);
      log.end();
    },
  };
};
