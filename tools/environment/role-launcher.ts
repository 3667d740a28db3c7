import { join, resolve } from 'node:path';
import { ROOT } from './checkout.ts';
import type { EnvironmentOptions } from './environment-options.ts';
import type { EnvironmentStores } from './environment-stores.ts';
import { portFor, type RolePorts } from './role-ports.ts';
import { kindOf, ROLE_ENTRIES, ROLE_KINDS, type RoleSurroundings, settingsOf } from './roles.ts';
import type { SupervisedRole } from './supervised-role.ts';
import type { Supervisor } from './supervisor.ts';

/** What roles are told of each other, and where their logs are kept. */
export interface LaunchSurroundings {
  readonly ports: RolePorts;
  readonly apiUrl: string;
  readonly operatorToken: string;
  readonly reprocessToken: string;
  readonly logDirectory: string;
}

/** Starts roles of one environment, each with the settings that are right there. */
export class RoleLauncher {
  readonly #supervisor: Supervisor;
  readonly #stores: EnvironmentStores;
  readonly #options: EnvironmentOptions;
  readonly #around: LaunchSurroundings;

  constructor(
    supervisor: Supervisor,
    stores: EnvironmentStores,
    options: EnvironmentOptions,
    around: LaunchSurroundings,
  ) {
    this.#supervisor = supervisor;
    this.#stores = stores;
    this.#options = options;
    this.#around = around;
  }

  /** `env` are settings of this role alone; `checkout` is the root that it is run from. */
  async launch(
    name: string,
    env: Readonly<Record<string, string>> = {},
    checkout: string = ROOT,
  ): Promise<SupervisedRole> {
    const kind = kindOf(name);
    const port = await portFor(name, kind, this.#around.ports);
    const [entry, ...args] = this.#options.entries?.[kind] ?? ROLE_ENTRIES[kind];
    return this.#supervisor.add({
      name,
      command: [process.execPath, '--import', 'tsx', resolve(checkout, entry), ...args],
      env: {
        ...process.env,
        ...settingsOf(kind, port, this.#surroundings, this.#stores.partitions),
        ...this.#options.env?.[kind],
        ...env,
      },
      cwd: checkout,
      logFile: join(this.#around.logDirectory, `${name}.log`),
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    });
  }

  get #surroundings(): RoleSurroundings {
    const { apiUrl, operatorToken, reprocessToken } = this.#around;
    return { ...this.#stores.forRoles, apiUrl, operatorToken, reprocessToken, progressUrls: this.#progressUrls };
  }

  /** Where the consumers tell of themselves; those that this environment has. */
  get #progressUrls(): RoleSurroundings['progressUrls'] {
    const names = this.#options.roles ?? ROLE_KINDS;
    return (['payment', 'shipping'] as const)
      .filter((name) => names.includes(name))
      .map((name) => [name, `http://127.0.0.1:${this.#around.ports[name]}`]);
  }
}
