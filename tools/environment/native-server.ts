import { readFile } from 'node:fs/promises';
import { describeExit, type ManagedProcess } from './managed-process.ts';
import { type ServerName, type ServerProcess, untilAnswering } from './server-process.ts';
import { endsProcess, type Signals } from './signals.ts';

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;
const START_TRIES = 5;

/** How one kind of server is laid out, started and asked whether it answers, on a given port. */
export interface NativeLayout {
  readonly name: ServerName;
  readonly address: string;
  readonly logFile: string;
  launch(): Promise<ManagedProcess>;
  probe(): Promise<void>;
}

class PortTaken extends Error {}

const PORT_TAKEN = /address already in use|bind on tcp\/ip port|BindException|port already in use/i;

/** A server that runs as a process of this machine. */
export class NativeServer implements ServerProcess {
  readonly name: ServerName;
  readonly address: string;
  readonly #layout: NativeLayout;
  readonly #listeners: (() => void)[] = [];
  #process: ManagedProcess | undefined;

  private constructor(layout: NativeLayout) {
    this.name = layout.name;
    this.address = layout.address;
    this.#layout = layout;
  }

  /** Lays a server out on a found port and starts it; draws another port when somebody else was quicker to take it. */
  static async start(layOut: () => Promise<NativeLayout>): Promise<NativeServer> {
    for (let attempt = 1; ; attempt += 1) {
      const server = new NativeServer(await layOut());
      try {
        await server.#start();
        return server;
      } catch (cause) {
        if (!(cause instanceof PortTaken) || attempt === START_TRIES) throw cause;
      }
    }
  }

  get pid(): number | undefined {
    return this.#process?.running === true ? this.#process.pid : undefined;
  }

  /** SIGTERM becomes SIGKILL after `deadlineMs`. */
  async kill(signal: Signals, deadlineMs = STOP_DEADLINE_MS): Promise<void> {
    const current = this.#process;
    if (current === undefined) return;
    if (signal === 'SIGTERM') await current.stop(deadlineMs);
    else current.signal(signal);
    if (endsProcess(signal)) await current.exited;
  }

  /** A port that a stranger holds for a moment is waited for, as the server must come back where its clients look. */
  async restart(): Promise<void> {
    await this.kill('SIGKILL');
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#start();
        return;
      } catch (cause) {
        if (!(cause instanceof PortTaken) || attempt === START_TRIES) throw cause;
      }
    }
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async #start(): Promise<void> {
    const logStart = (await readFile(this.#layout.logFile, 'utf8').catch(() => '')).length;
    const started = await this.#layout.launch();
    this.#process = started;
    void started.exited.then(() => this.#changed());
    await untilAnswering({
      what: this.name,
      probe: () => this.#layout.probe(),
      deadlineMs: START_DEADLINE_MS,
      giveUp: () => (started.running ? undefined : new Error(`${this.name} ended while starting`)),
    }).catch(async (cause: unknown) => {
      started.signal('SIGKILL');
      const status = await started.exited;
      const log = (await readFile(this.#layout.logFile, 'utf8').catch(() => '')).slice(logStart);
      const message = `${this.name} ${describeExit(status)} while starting:\n${await started.logTail()}`;
      throw PORT_TAKEN.test(log) ? new PortTaken(message, { cause }) : new Error(message, { cause });
    });
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
