import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { isAlive } from './alive.ts';
import { ORDER_DIRECTORY } from './checkout.ts';
import { ManagedProcess, type ProcessSpec } from './managed-process.ts';

const WATCHDOG = fileURLToPath(new URL('watchdog.mjs', import.meta.url));

const Owner = t.type({ pid: t.number, startedAt: t.string });

/** What tells a process from a later one with the same number: the kernel's start time. Empty where /proc is missing. */
const startTimeOf = async (pid: number): Promise<string> => {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
};

const isAbandoned = async (directory: string): Promise<boolean> => {
  const text = await readFile(join(directory, 'owner.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return Date.now() - (await stat(directory)).mtimeMs > 60_000;
  const owner = Owner.decode(JSON.parse(text));
  if (E.isLeft(owner)) return true;
  return !isAlive(owner.right.pid) || (await startTimeOf(owner.right.pid)) !== owner.right.startedAt;
};

const watchdogArguments = (base: string, id: string): readonly string[] => [
  WATCHDOG,
  id,
  join(base, `run-${id}`),
  join(base, 'environment.json'),
];

/** A watchdog that is told nothing ends what is left of the run at once. */
const endAbandoned = async (base: string): Promise<void> => {
  for (const name of (await readdir(base)).filter((entry) => entry.startsWith('run-')))
    if (await isAbandoned(join(base, name)).catch(() => false)) {
      const watchdog = spawn(process.execPath, watchdogArguments(base, name.slice('run-'.length)), { stdio: 'ignore' });
      await once(watchdog, 'exit');
    }
};

/**
 * One run of an environment: a directory for its data and logs, and the processes it started.
 *
 * Guarantee: when the run closes, or when the process that opened it dies in whatever way, SIGKILL included, its
 * processes are killed and its directory is removed. In the second case a watchdog process does this at once; should it
 * be killed too, the next run with the same base directory does it. (Containers are left to the watchdog alone.)
 */
export class Run {
  readonly id: string;
  readonly directory: string;
  /** `.order/environment.json`, unless another base directory was asked for. */
  readonly environmentFile: string;
  readonly #processes = new Set<ManagedProcess>();
  readonly #watchdog: ChildProcess;
  readonly #closers: (() => Promise<void>)[] = [];
  #closed: Promise<void> | undefined;

  private constructor(base: string, id: string) {
    this.id = id;
    this.directory = join(base, `run-${id}`);
    this.environmentFile = join(base, 'environment.json');
    this.#watchdog = spawn(process.execPath, watchdogArguments(base, id), {
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
      cwd: '/',
    });
    this.#watchdog.unref();
    this.#watchdog.stdin?.on('error', () => undefined);
  }

  /** Opens a run below `base` (created when missing) and ends what dead runs left there. */
  static async open(base = ORDER_DIRECTORY): Promise<Run> {
    const absolute = resolve(base);
    await mkdir(absolute, { recursive: true });
    await endAbandoned(absolute);
    const id = `${process.pid}-${randomBytes(4).toString('hex')}`;
    const run = new Run(absolute, id);
    await mkdir(run.directory, { mode: 0o700 });
    const owner = { pid: process.pid, startedAt: await startTimeOf(process.pid) };
    await writeFile(join(run.directory, 'owner.json'), JSON.stringify(owner));
    return run;
  }

  /** For the environment of processes that are not started by `spawn` but belong to the run all the same. */
  get marker(): { readonly ORDERLY_RUN: string } {
    return { ORDERLY_RUN: this.id };
  }

  /** Starts a process in a session of its own, so that Ctrl-C at the terminal reaches only us, who then stop it in order. */
  async spawn(spec: ProcessSpec): Promise<ManagedProcess> {
    if (this.#closed !== undefined) throw new Error(`${spec.name} is not started: the run has ended`);
    const child = await ManagedProcess.spawn({ ...spec, env: { ...spec.env, ...this.marker } });
    this.#processes.add(child);
    this.#tell({ watch: child.pid });
    void child.exited.then(() => {
      this.#processes.delete(child);
      this.#tell({ forget: child.pid });
    });
    return child;
  }

  /**
   * Announces containers: `remove` is called on close, and should this process die, the watchdog asks the engine to
   * remove the containers, networks and volumes that carry the label `orderly.run=<id>`. Call it before the first is created.
   */
  watchContainers(engine: object, remove: () => Promise<void>): void {
    this.#tell({ engine });
    this.#closers.push(remove);
  }

  /** Kills whatever still runs and removes the directory. Safe to call more than once. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const child of this.#processes) child.signal('SIGKILL');
    const ended = [...this.#processes].map((child) => child.exited);
    // An engine that is gone took its containers with it.
    await Promise.allSettled([...ended, ...this.#closers.map((remove) => remove())]);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    this.#tell({ done: true });
    this.#watchdog.ref();
    const { exitCode, signalCode } = this.#watchdog;
    const gone = exitCode === null && signalCode === null ? once(this.#watchdog, 'exit') : undefined;
    this.#watchdog.stdin?.end();
    await gone;
  }

  #tell(message: object): void {
    if (this.#watchdog.stdin?.writable === true) this.#watchdog.stdin.write(`${JSON.stringify(message)}\n`);
  }
}
