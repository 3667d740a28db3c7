import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningEntry {
  /** Resolves when a line that matches was written to either stream; rejects when the process ends before. */
  saying(what: RegExp): Promise<void>;
  signal(name: 'SIGINT' | 'SIGTERM'): void;
  /** Stops reading stdout, as `| head` does. */
  closeStdout(): void;
  readonly ended: Promise<Ended>;
}

/** Runs `simulator/main.ts` or `simulator/demo.ts` as a process of its own, without a terminal. */
export const runEntry = (
  entry: 'simulator/main.ts' | 'simulator/demo.ts',
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): RunningEntry => {
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...args], { cwd: ROOT, env: environment });
  let stdout = '';
  let stderr = '';
  let heard = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }));
  return {
    saying: (what) =>
      new Promise((resolve, reject) => {
        heard = () => {
          if (what.test(stdout) || what.test(stderr)) resolve();
        };
        heard();
        void ended.then(() => reject(new Error(`it ended without saying ${String(what)}:\n${stdout}\n${stderr}`)));
      }),
    signal: (name) => child.kill(name),
    closeStdout: () => child.stdout.destroy(),
    ended,
  };
};
