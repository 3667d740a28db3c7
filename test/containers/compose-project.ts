import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { obtainCompose } from '../../tools/containers/compose.ts';
import { ROOT } from '../../tools/environment/checkout.ts';
import { runCommand } from '../../tools/environment/command.ts';
import type { Run } from '../../tools/environment/run.ts';

const FILE = join(ROOT, 'deploy/compose.yaml');
const COMMAND_MS = 300_000;

/** Of this machine: what is built may reach its registry as the machine does. */
const BUILT_IN_ITS_NETWORK = { services: { migrate: { build: { network: 'host' } } } };

/** deploy/compose.yaml as a project of its own, beside any other. */
export class ComposeProject {
  private constructor(
    private readonly command: readonly [string, ...string[]],
    private readonly files: readonly string[],
    private readonly name: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** `env` are the variables that the file has. */
  static async of(run: Run, env: Readonly<Record<string, string>>): Promise<ComposeProject> {
    const command = await obtainCompose((line) => process.stdout.write(`${line}\n`));
    const network = join(run.directory, 'compose.network.yaml');
    await writeFile(network, stringify(BUILT_IN_ITS_NETWORK));
    return new ComposeProject(command, [FILE, network], `orderly-${run.id.toLowerCase()}`, env);
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
