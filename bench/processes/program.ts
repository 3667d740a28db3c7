import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Besides the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly logDirectory: string;
}

export interface RunningProgram {
  readonly pid: number;
  /** Resolves when it has ended, whatever the reason. */
  readonly ended: Promise<void>;
  /** Rejects when it ends before it is stopped; never resolves. */
  readonly failed: Promise<never>;
  /** Holds the process still, or lets it go on. */
  pause(): void;
  resume(): void;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

const STOP_MS = 20_000;

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a program that is not of the bench; what it says goes to `NAME.log`. */
export const startProgram = ({ command, args, env, name, logDirectory }: ProgramOptions): RunningProgram => {
  const log = createWriteStream(join(logDirectory, `${name}.log`), { flags: 'a' });
  const child = spawn(command, [...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  running.add(child);
  let stopping = false;
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      running.delete(child);
      log.end();
      resolve();
    });
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (!stopping) reject(new Error(`${name} ended with ${String(code)}; see ${name}.log`));
    });
  });
  // Who waits for nothing of it learns of its end by what is missing.
  failed.catch(() => undefined);
  return {
    pid: child.pid ?? -1,
    ended,
    failed,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    stop: async () => {
      stopping = true;
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    },
  };
};
