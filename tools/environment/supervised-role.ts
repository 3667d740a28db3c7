import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from './environment-error.ts';
import { describeExit, type ExitStatus, type ManagedProcess, type ProcessSpec } from './managed-process.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';
import { endsProcess, type Signals } from './signals.ts';

const READY_POLL_MS = 50;
const READY_ANSWER_MS = 2_000;
const START_TRIES = 3;
const BACKOFF_BASE_MS = 100;
const BACKOFF_CAP_MS = 2_000;

export interface RoleSpec extends ProcessSpec {
  /** Answers 200 to GET once the role is ready. */
  readonly readyUrl: string;
}

/** How long the supervisor waits before the next start, after so many unasked deaths in a row. */
export const backoffMs = (deaths: number): number =>
  deaths === 0 ? 0 : Math.min(BACKOFF_BASE_MS * 2 ** (deaths - 1), BACKOFF_CAP_MS);

const answersReady = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(READY_ANSWER_MS) })).status === 200;
  } catch {
    return false;
  }
};

/**
 * One role in a process of its own, started again whenever it ends.
 *
 * A role that was never ready and ended three times in a row has failed for good, as its settings must be wrong. One
 * that was ready before is started again for ever, with a pause of at most two seconds: what it needs may be down.
 */
export class SupervisedRole {
  readonly name: string;
  readonly #spec: RoleSpec;
  readonly #run: Run;
  readonly #progress: Progress;
  readonly #changed: () => void;
  readonly #stopping = new AbortController();
  readonly #living: Promise<void>;
  #process: ManagedProcess | undefined;
  #readyProcess: ManagedProcess | undefined;
  #killed: ManagedProcess | undefined;
  #failure: Error | undefined;
  /** What the next process, and only that one, is started with besides. */
  #once:
    { readonly env: Readonly<Record<string, string>>; readonly started: (process: ManagedProcess) => void } | undefined;
  #waiting: (() => void)[] = [];

  constructor(run: Run, spec: RoleSpec, progress: Progress, changed: () => void) {
    this.name = spec.name;
    this.#run = run;
    this.#spec = spec;
    this.#progress = progress;
    this.#changed = changed;
    this.#living = this.#live().catch((cause: unknown) => this.#fail(messageOf(cause)));
  }

  /** Undefined between its end and its next start. */
  get pid(): number | undefined {
    return this.#process?.running === true ? this.#process.pid : undefined;
  }

  /** Address of the role's HTTP server. */
  get url(): string {
    return new URL(this.#spec.readyUrl).origin;
  }

  get logFile(): string {
    return this.#spec.logFile;
  }

  /** For SIGKILL and SIGTERM it resolves once the process is gone; the next one is then started at once. */
  async kill(signal: Signals): Promise<void> {
    const current = this.#process;
    if (current === undefined) return;
    if (endsProcess(signal)) this.#killed = current;
    current.signal(signal);
    if (endsProcess(signal)) await current.exited;
  }

  /**
   * Ends the process in order and starts the next one, and only that one, with `env` besides. Resolves when it has been
   * started; `ended` resolves when it has ended, in whatever way.
   */
  async restartWith(env: Readonly<Record<string, string>>): Promise<{ readonly ended: Promise<ExitStatus> }> {
    const started = new Promise<ManagedProcess>((resolve) => {
      this.#once = { env, started: resolve };
    });
    await this.kill('SIGTERM');
    return { ended: (await started).exited };
  }

  /**
   * Resolves when the process that runs now, or the one that replaces it, has answered its readiness question.
   * Fails with the end of its log when it is not ready within `deadlineMs`, or failed for good.
   */
  async whenReady(deadlineMs = 60_000): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while (this.#readyProcess?.running !== true) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isStopping()) throw new Error(`${this.name} was stopped`);
      const left = deadline - performance.now();
      if (left <= 0) {
        const tail = (await this.#process?.logTail()) ?? '';
        throw new Error(`${this.name} was not ready within ${deadlineMs / 1_000} s (${this.#spec.readyUrl}):\n${tail}`);
      }
      await this.#nextChange(left);
    }
  }

  /** SIGTERM, SIGKILL after `deadlineMs`, and no more starts. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#process?.stop(deadlineMs);
    await this.#living;
  }

  async #live(): Promise<void> {
    let deaths = 0;
    let everReady = false;
    while (!this.#isStopping()) {
      const once = this.#once;
      this.#once = undefined;
      const current = await this.#run.spawn({ ...this.#spec, env: { ...this.#spec.env, ...once?.env } });
      this.#process = current;
      once?.started(current);
      this.#notify();
      // A stop asked for while the process was being started has not seen it.
      if (this.#isStopping()) current.signal('SIGTERM');
      const ready = await this.#untilReady(current);
      if (ready) {
        everReady = true;
        deaths = 0;
        this.#readyProcess = current;
        this.#notify();
      }
      const status = await current.exited;
      this.#notify();
      if (this.#isStopping()) return;
      deaths = this.#killed === current ? 0 : deaths + 1;
      if (!everReady && deaths === START_TRIES) {
        const tail = await current.logTail();
        this.#fail(
          `${this.name} ended ${START_TRIES} times while starting; the last one ${describeExit(status)}:\n${tail}`,
        );
        return;
      }
      if (deaths > 0) this.#progress(`${this.name} ${describeExit(status)}, starting it again`);
      await pause(backoffMs(deaths), undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #untilReady(current: ManagedProcess): Promise<boolean> {
    while (current.running) {
      if (await answersReady(this.#spec.readyUrl)) return current.running;
      await Promise.race([pause(READY_POLL_MS), current.exited]);
    }
    return false;
  }

  #fail(message: string): void {
    this.#failure = new Error(message);
    this.#notify();
  }

  #nextChange(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #notify(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
    this.#changed();
  }
}
