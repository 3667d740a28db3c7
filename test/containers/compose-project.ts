import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as t from 'io-ts';
import { parse, stringify } from 'yaml';
import { obtainCompose } from '../../tools/containers/compose.ts';
import { ROOT } from '../../tools/environment/checkout.ts';
import { runCommand } from '../../tools/environment/command.ts';
import type { Run } from '../../tools/environment/run.ts';
import { decoded } from '../support/decoded.ts';
import { engineConnection } from './engine-connection.ts';

const FILE = join(ROOT, 'deploy/compose.yaml');
const COMMAND_MS = 300_000;

const Names = t.record(t.string, t.unknown);
const Parts = t.type({ services: Names, networks: Names, volumes: Names });

/** Laid over the file: each part of it carries the label of the run, and what is built may reach its registry as this machine does. */
const overlayOf = (file: string, run: Run): string => {
  const labels = { 'orderly.run': run.id };
  const { services, networks, volumes } = decoded(Parts, parse(file));
  const labelled = (names: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, { labels }]));
  return stringify({
    services: { ...labelled(services), migrate: { labels, build: { network: 'host' } } },
    networks: labelled(networks),
    volumes: labelled(volumes),
  });
};

/** Of this project alone: a /24 in the neighbourhood of the file's own, which others may have in use. */
const networkPrefix = (): string => `172.29.${randomInt(62, 256)}`;

/** deploy/compose.yaml as a project of its own, beside any other. Goes with its run, however that ends. */
export class ComposeProject {
  private constructor(
    private readonly command: readonly [string, ...string[]],
    private readonly files: readonly string[],
    private readonly name: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** `env` are variables that the file has. */
  static async of(run: Run, env: Readonly<Record<string, string>>): Promise<ComposeProject> {
    const command = await obtainCompose((line) => process.stdout.write(`${line}\n`));
    const overlay = join(run.directory, 'compose.overlay.yaml');
    await writeFile(overlay, overlayOf(await readFile(FILE, 'utf8'), run));
    const project = new ComposeProject(command, [FILE, overlay], `orderly-${run.id.toLowerCase()}`, {
      NETWORK_PREFIX: networkPrefix(),
      ...env,
    });
    run.watchContainers(engineConnection(), () => project.down());
    return project;
  }

  /** Removes all of it, volumes too. */
  async down(): Promise<void> {
    await this.run('down', '--volumes', '--timeout', '20');
  }

  /** Runs a command of Compose to its end, and gives its stdout. @throws with what it said when it did not end well. */
  run(...args: readonly string[]): Promise<string> {
    const [program, ...first] = this.command;
    const files = this.files.flatMap((file) => ['--file', file]);
    return runCommand(program, [...first, '--project-name', this.name, ...files, ...args], {
      env: { ...process.env, ...this.env },
      timeoutMs: COMMAND_MS,
    });
  }
}
