import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** After this time the command is killed and the call fails. */
  readonly timeoutMs?: number;
  readonly onLine?: (line: string) => void;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Runs a command to its end and gives its stdout. Fails with both outputs in the message when it did not exit 0. */
export const runCommand = (command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    running.add(child);
    let stdout = '';
    let all = '';
    let line = '';
    const take = (text: string): void => {
      all += text;
      const lines = (line + text).split(/\r?\n/);
      line = lines.pop() ?? '';
      lines.forEach((full) => options.onLine?.(full));
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      if (code === 0) resolve(stdout);
      else {
        const ending = signal === null ? `exit code ${String(code)}` : `killed by ${signal}`;
        const tail = all.trim().split('\n').slice(-15).join('\n');
        reject(new Error(`${command} ${args.slice(0, 3).join(' ')}: ${ending}\n${tail}`));
      }
    });
  });

const isExecutable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
};

/** The full path of a program: first on the PATH, then in `also`. Undefined when there is none. */
export const findProgram = async (name: string, also: readonly string[] = []): Promise<string | undefined> => {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '');
  for (const directory of [...directories, ...also]) {
    const path = join(directory, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
};
