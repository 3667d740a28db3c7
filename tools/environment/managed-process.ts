import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { tailOf } from './environment-error.ts';

export interface ProcessSpec {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** The whole environment of the process; nothing is inherited. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** stdout and stderr are appended to this file. */
  readonly logFile: string;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const describeExit = ({ code, signal }: ExitStatus): string =>
  signal === null ? `ended with code ${String(code)}` : `was killed by ${signal}`;

/** A child process that leads its own session and process group and writes to a log file. */
export class ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended; never rejects. */
  readonly exited: Promise<ExitStatus>;
  #status: ExitStatus | undefined;

  private constructor(spec: ProcessSpec, child: ChildProcess, pid: number) {
    this.name = spec.name;
    this.pid = pid;
    this.logFile = spec.logFile;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#status = { code, signal };
        resolve(this.#status);
      });
    });
  }

  static async spawn(spec: ProcessSpec): Promise<ManagedProcess> {
    const [program, ...args] = spec.command;
    const log = await open(spec.logFile, 'a');
    try {
      const child = spawn(program, args, {
        cwd: spec.cwd,
        env: spec.env,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      });
      if (child.pid !== undefined) return new ManagedProcess(spec, child, child.pid);
      const cause = await new Promise<Error>((resolve) => child.once('error', resolve));
      throw new Error(`${spec.name} could not be started: ${cause.message}`, { cause });
    } finally {
      await log.close();
    }
  }

  get running(): boolean {
    return this.#status === undefined;
  }

  /** SIGKILL goes to the whole group, so that no helper process outlives it; every other signal to the process alone. */
  signal(signal: NodeJS.Signals): void {
    if (!this.running) return;
    try {
      process.kill(signal === 'SIGKILL' ? -this.pid : this.pid, signal);
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause;
    }
  }

  /** SIGTERM, and SIGKILL when it still runs after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<ExitStatus> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const timer = new AbortController();
    const late = pause(deadlineMs, undefined, { signal: timer.signal }).then(
      () => this.signal('SIGKILL'),
      () => undefined,
    );
    const status = await this.exited;
    timer.abort();
    await late;
    return status;
  }

  async logTail(lines = 20): Promise<string> {
    return tailOf(await readFile(this.logFile, 'utf8').catch(() => ''), lines);
  }
}
