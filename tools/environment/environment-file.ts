import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { isAlive } from './alive.ts';
import type { Run } from './run.ts';

const ProcessEntry = t.intersection([
  t.type({ name: t.string, pid: t.number }),
  t.partial({
    /** Address of its HTTP server: health, metrics, and for consumers the progress of an order. */
    url: t.string,
  }),
]);

/** What `.order/environment.json` holds while an environment is up, for tools that attach to it. */
export const EnvironmentDescription = t.intersection([
  t.type({
    /** The run it belongs to, and the process that holds it. */
    run: t.string,
    pid: t.number,
    /** With the database of the service. */
    mysqlUrl: t.string,
    kafkaBrokers: t.string,
    topic: t.string,
    apiUrl: t.string,
    consoleUrl: t.string,
    metricsUrl: t.string,
    operatorToken: t.string,
    /** Databases of the consumers, by role. */
    consumerMysqlUrls: t.record(t.string, t.string),
    logDirectory: t.string,
    /** Those that run at this moment. */
    processes: t.array(ProcessEntry),
  }),
  t.partial({
    /** With which the service asks the consumers to re-process what they have parked. */
    reprocessToken: t.string,
  }),
]);
export type EnvironmentDescription = t.TypeOf<typeof EnvironmentDescription>;

/** Whether another environment that still runs has the file. */
const isHeldByAnother = async (path: string, runId: string): Promise<boolean> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  try {
    const held = EnvironmentDescription.decode(JSON.parse(text));
    return E.isRight(held) && held.right.run !== runId && isAlive(held.right.pid);
  } catch {
    return false;
  }
};

/**
 * Keeps the description of an environment on disk, always whole: in the run's own directory, and as the checkout's
 * `environment.json` unless another environment of this checkout has that.
 */
export class EnvironmentFile {
  /** Where others find this environment. */
  readonly path: string;
  readonly #paths: readonly string[];
  readonly #describe: () => EnvironmentDescription;
  #writing: Promise<void> = Promise.resolve();
  #dirty = false;
  #removed = false;

  private constructor(paths: readonly [string, ...string[]], describe: () => EnvironmentDescription) {
    this.path = paths.at(-1) ?? paths[0];
    this.#paths = paths;
    this.#describe = describe;
  }

  static async open(run: Run, describe: () => EnvironmentDescription): Promise<EnvironmentFile> {
    const own = join(run.directory, 'environment.json');
    const shared = (await isHeldByAnother(run.environmentFile, run.id)) ? [] : [run.environmentFile];
    const file = new EnvironmentFile([own, ...shared], describe);
    await file.update();
    return file;
  }

  /** Writes the present state; calls while a write is under way are answered by one more write. */
  update(): Promise<void> {
    if (!this.#dirty) {
      this.#dirty = true;
      this.#writing = this.#writing.then(() => this.#write());
    }
    return this.#writing;
  }

  async remove(): Promise<void> {
    this.#removed = true;
    await this.#writing;
    for (const path of this.#paths) await rm(path, { force: true });
  }

  async #write(): Promise<void> {
    this.#dirty = false;
    if (this.#removed) return;
    const text = `${JSON.stringify(this.#describe(), null, 2)}\n`;
    for (const path of this.#paths) {
      const unfinished = `${path}.${process.pid}`;
      await writeFile(unfinished, text, { mode: 0o600 });
      await rename(unfinished, path);
    }
  }
}
