import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { askEngine, type DockerEngine } from './docker-engine.ts';
import { messageOf, tailOf } from './environment-error.ts';
import { type ServerProcess, untilAnswering } from './server-process.ts';
import { endsProcess, type Signals } from './signals.ts';

const ENGINE_MS = 20_000;
const START_DEADLINE_MS = 90_000;
const STOP_DEADLINE_MS = 15_000;

const Inspection = t.type({ State: t.type({ Running: t.boolean, Pid: t.number }) });

/** A server in a container. Its data is the container's own layer and its port is bound for good, so both survive. */
export class DockerServer implements ServerProcess {
  readonly name: 'mysql' | 'kafka';
  readonly address: string;
  readonly #engine: DockerEngine;
  readonly #id: string;
  readonly #probe: () => Promise<void>;
  readonly #listeners: (() => void)[] = [];
  #pid: number | undefined;

  constructor(
    engine: DockerEngine,
    container: { readonly name: 'mysql' | 'kafka'; readonly id: string; readonly address: string },
    probe: () => Promise<void>,
  ) {
    this.name = container.name;
    this.address = container.address;
    this.#engine = engine;
    this.#id = container.id;
    this.#probe = probe;
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  /** Resolves when the server in the started container answers; fails with the end of its log when it does not. */
  async untilReady(): Promise<void> {
    await this.#inspect();
    this.#noticeEnd();
    await untilAnswering({
      what: `${this.name} in its container`,
      probe: this.#probe,
      deadlineMs: START_DEADLINE_MS,
      giveUp: () =>
        this.#pid === undefined ? new Error(`${this.name}: its container ended while starting`) : undefined,
    }).catch(async (cause: unknown) => {
      const log = await this.#ask('GET', '/logs?stdout=1&stderr=1&tail=20').catch(() => '');
      // eslint-disable-next-line no-control-regex -- the engine frames each piece of a log by eight bytes
      const text = log.replace(/[\x01\x02]\0{3}[\s\S]{4}/g, '');
      throw new Error(`${messageOf(cause)}\n${tailOf(text, 10)}`, { cause });
    });
    this.#changed();
  }

  async kill(signal: Signals): Promise<void> {
    if (this.#pid === undefined) return;
    if (signal === 'SIGTERM')
      await this.#ask('POST', `/stop?t=${STOP_DEADLINE_MS / 1_000}`, STOP_DEADLINE_MS + ENGINE_MS);
    else await this.#ask('POST', `/kill?signal=${signal}`);
    if (!endsProcess(signal)) return;
    await this.#ask('POST', '/wait?condition=not-running');
    this.#ended();
  }

  async restart(): Promise<void> {
    await this.kill('SIGKILL');
    await this.#ask('POST', '/start');
    await this.untilReady();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async #inspect(): Promise<void> {
    const inspection = Inspection.decode(JSON.parse(await this.#ask('GET', '/json')));
    if (E.isLeft(inspection)) throw new Error('the Docker engine described a container in an unknown form');
    const { Running, Pid } = inspection.right.State;
    this.#pid = Running ? Pid : undefined;
  }

  /** The engine answers this request when the container ends; without an answer nothing is known, so nothing is said. */
  #noticeEnd(): void {
    const pid = this.#pid;
    askEngine(this.#engine.connection, 'POST', `/containers/${this.#id}/wait?condition=not-running`).then(
      () => {
        if (this.#pid === pid) this.#ended();
      },
      () => undefined,
    );
  }

  #ended(): void {
    if (this.#pid === undefined) return;
    this.#pid = undefined;
    this.#changed();
  }

  async #ask(method: 'GET' | 'POST', path: string, timeoutMs = ENGINE_MS): Promise<string> {
    const answer = await askEngine(this.#engine.connection, method, `/containers/${this.#id}${path}`, timeoutMs);
    if (answer.status >= 400)
      throw new Error(`${this.name}: Docker answers ${answer.status} to ${path}: ${answer.body}`);
    return answer.body;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
