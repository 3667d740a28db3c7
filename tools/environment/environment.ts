import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ROOT } from './checkout.ts';
import { runCommand } from './command.ts';
import { createDatabases, dropDatabases, withDatabase } from './databases.ts';
import { EnvironmentError, messageOf } from './environment-error.ts';
import { type EnvironmentDescription, EnvironmentFile } from './environment-file.ts';
import type { EnvironmentOptions } from './environment-options.ts';
import type { ExitStatus } from './managed-process.ts';
import { findPort } from './ports.ts';
import { type Progress, stderrProgress } from './progress.ts';
import { kindOf, ROLE_ENTRIES, ROLE_KINDS, type RoleKind, type RoleSurroundings, settingsOf } from './roles.ts';
import { Run } from './run.ts';
import type { ServerProcess } from './server-process.ts';
import { type Servers, startServers } from './servers.ts';
import type { Signals } from './signals.ts';
import type { SupervisedRole } from './supervised-role.ts';
import { Supervisor } from './supervisor.ts';
import { createTopic, deleteGroups, deleteTopic } from './topic.ts';

const MIGRATION_MS = 60_000;

export interface AddedRole {
  /** Settings of this role alone; they win over all others. */
  readonly env?: Readonly<Record<string, string>>;
  /** False: resolves when it was started, ready or not. */
  readonly untilReady?: boolean;
  /** Root of another checkout to run it from, such as one of a newer version. */
  readonly checkout?: string;
}

/** A service that runs, with all it needs. */
export interface Environment {
  /** With the database of the service; of the replica once it was followed. */
  readonly mysqlUrl: string;
  /** The same database at the server that follows MySQL, when the layout has one. */
  readonly mysqlReplicaUrl: string | undefined;
  /** Databases of the consumers, by role; on the server of `mysqlUrl`. */
  readonly consumerMysqlUrls: Readonly<Record<'payment' | 'shipping', string>>;
  /** Their consumer groups, by role. */
  readonly consumerGroups: Readonly<Record<'payment' | 'shipping', string>>;
  readonly kafkaBrokers: string;
  readonly topic: string;
  readonly apiUrl: string;
  readonly operatorToken: string;
  /** The file that describes this environment. */
  readonly file: string;
  readonly logDirectory: string;
  /** For what this run needs on disk; removed at its end. */
  readonly directory: string;
  /** Names of the roles, and of the servers that are ours. */
  readonly processes: readonly string[];
  /** Directories on the small disks of servers that have one. */
  readonly disks: Servers['disks'];
  /** The process that runs under this name now. */
  pidOf(name: string): number | undefined;
  /** Address of a role's HTTP server. */
  urlOf(role: string): string;
  /** SIGKILL and SIGTERM resolve when the process is gone; roles are then started again by the supervisor, servers are not. */
  kill(name: string, signal?: Signals): Promise<void>;
  /** Restarts a server; waits for the role of that name to be ready again. */
  revive(name: string, deadlineMs?: number): Promise<void>;
  /**
   * Ends a role in order and starts it again with `env` besides, for this one life. Resolves when it was started;
   * `ended` resolves when that process has ended, and the supervisor starts the usual one again.
   */
  restartWith(name: string, env: Readonly<Record<string, string>>): Promise<{ readonly ended: Promise<ExitStatus> }>;
  /** The replica was made the source: from now on this environment calls it MySQL. Roles keep the address they were told. */
  followReplica(): void;
  /** Starts one more role, such as `relay-2`, and waits until it is ready. */
  addRole(name: string, options?: AddedRole): Promise<void>;
  removeRole(name: string): Promise<void>;
  /** Ends the roles in order, kills the servers and removes their data. Safe to call twice. */
  stop(): Promise<void>;
}

interface Names {
  readonly groups: Readonly<Record<'payment' | 'shipping', string>>;
  readonly databases: Readonly<Record<'orders' | 'payment' | 'shipping', string>>;
  readonly topic: string;
}

const namesOf = (options: EnvironmentOptions, serverUrl: string): Names => {
  const suffix = options.suffix === undefined ? '' : `_${options.suffix}`;
  const given = new URL(serverUrl).pathname.slice(1);
  const orders = given === '' ? 'orders' : decodeURIComponent(given);
  return {
    groups: { payment: `payment${suffix}`, shipping: `shipping${suffix}` },
    databases: { orders: `${orders}${suffix}`, payment: `payment${suffix}`, shipping: `shipping${suffix}` },
    topic: `${options.topic?.name ?? 'orders.events.v1'}${options.suffix === undefined ? '' : `.${options.suffix}`}`,
  };
};

/** Ports that are known before their roles are started: others are told them. */
type Ports = Readonly<Record<'api' | 'payment' | 'shipping', number>>;

const portsFor = async (api: number | undefined): Promise<Ports> => ({
  api: api ?? (await findPort()),
  payment: await findPort(),
  shipping: await findPort(),
});

const isKnownBefore = (kind: RoleKind): kind is keyof Ports =>
  kind === 'api' || kind === 'payment' || kind === 'shipping';

class RunningEnvironment implements Environment {
  readonly consumerGroups: Readonly<Record<'payment' | 'shipping', string>>;
  readonly kafkaBrokers: string;
  readonly topic: string;
  readonly apiUrl: string;
  readonly operatorToken = randomBytes(24).toString('base64url');
  readonly logDirectory: string;
  readonly directory: string;
  readonly disks: Servers['disks'];
  readonly #options: EnvironmentOptions;
  readonly #progress: Progress;
  readonly #run: Run;
  readonly #servers: Servers;
  readonly #supervisor: Supervisor;
  readonly #names: Names;
  readonly #ports: Ports;
  /** Of the server, without a database. */
  #mysqlUrl: string;
  #file: EnvironmentFile | undefined;
  #stopped: Promise<void> | undefined;

  constructor(run: Run, servers: Servers, ports: Ports, options: EnvironmentOptions, progress: Progress) {
    this.#names = namesOf(options, servers.mysqlUrl);
    this.#mysqlUrl = servers.mysqlUrl;
    this.consumerGroups = this.#names.groups;
    this.kafkaBrokers = servers.kafkaBrokers;
    this.topic = this.#names.topic;
    this.apiUrl = `http://127.0.0.1:${ports.api}`;
    this.logDirectory = options.logDirectory ?? join(run.directory, 'logs');
    this.directory = run.directory;
    this.disks = servers.disks;
    this.#options = options;
    this.#progress = progress;
    this.#run = run;
    this.#servers = servers;
    this.#ports = ports;
    const changed = (): void => void this.#file?.update();
    this.#supervisor = new Supervisor(run, progress, changed);
    for (const server of this.#ownServers) server.onChange(changed);
  }

  async start(): Promise<void> {
    const { databases } = this.#names;
    await mkdir(this.logDirectory, { recursive: true });
    const partitions = this.#options.topic?.partitions ?? 6;
    await Promise.all([
      this.#options.topic?.create === false
        ? undefined
        : createTopic(this.kafkaBrokers, { name: this.topic, partitions, config: this.#options.topic?.config ?? {} }),
      createDatabases(this.mysqlUrl, Object.values(databases)).then(() => this.#migrate()),
    ]);
    this.#file = await EnvironmentFile.open(this.#run, () => this.#describe());
    const names = this.#options.roles ?? ROLE_KINDS;
    if (names.length > 0) this.#progress(`starting ${names.join(', ')}`);
    const roles = await Promise.all(names.map((name) => this.#launch(name)));
    await Promise.all(roles.map((role) => role.whenReady()));
    await this.#file.update();
  }

  get mysqlUrl(): string {
    return withDatabase(this.#mysqlUrl, this.#names.databases.orders);
  }

  get mysqlReplicaUrl(): string | undefined {
    const { mysqlReplicaUrl } = this.#servers;
    return mysqlReplicaUrl === undefined ? undefined : withDatabase(mysqlReplicaUrl, this.#names.databases.orders);
  }

  get consumerMysqlUrls(): Environment['consumerMysqlUrls'] {
    return this.#consumerUrlsAt(this.#mysqlUrl);
  }

  get file(): string {
    return this.#file?.path ?? this.#run.environmentFile;
  }

  get processes(): readonly string[] {
    return [...this.#supervisor.roles, ...this.#ownServers].map(({ name }) => name);
  }

  pidOf(name: string): number | undefined {
    return (this.#server(name) ?? this.#supervisor.role(name)).pid;
  }

  urlOf(role: string): string {
    return this.#supervisor.role(role).url;
  }

  kill(name: string, signal: Signals = 'SIGKILL'): Promise<void> {
    return (this.#server(name) ?? this.#supervisor.role(name)).kill(signal);
  }

  revive(name: string, deadlineMs?: number): Promise<void> {
    return this.#server(name)?.restart() ?? this.#supervisor.role(name).whenReady(deadlineMs);
  }

  restartWith(name: string, env: Readonly<Record<string, string>>): Promise<{ readonly ended: Promise<ExitStatus> }> {
    return this.#supervisor.role(name).restartWith(env);
  }

  followReplica(): void {
    const { mysqlReplicaUrl } = this.#servers;
    if (mysqlReplicaUrl === undefined) throw new Error('MySQL has no replica here');
    this.#mysqlUrl = mysqlReplicaUrl;
    void this.#file?.update();
  }

  async addRole(name: string, { env = {}, untilReady = true, checkout = ROOT }: AddedRole = {}): Promise<void> {
    const role = await this.#launch(name, env, checkout);
    if (untilReady) await role.whenReady();
  }

  removeRole(name: string): Promise<void> {
    return this.#supervisor.remove(name);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await this.#supervisor.stop();
    await this.#file?.remove();
    if (this.#options.suffix !== undefined)
      await Promise.all([
        deleteTopic(this.kafkaBrokers, this.topic),
        deleteGroups(this.kafkaBrokers, Object.values(this.consumerGroups)),
        dropDatabases(this.mysqlUrl, Object.values(this.#names.databases)),
      ]).catch((cause: unknown) => this.#progress(`databases, groups and topic were not dropped: ${messageOf(cause)}`));
    await this.#run.close();
  }

  get #ownServers(): readonly ServerProcess[] {
    return [this.#servers.mysql, this.#servers.kafka, ...this.#servers.others].filter((server) => server !== undefined);
  }

  #server(name: string): ServerProcess | undefined {
    return this.#ownServers.find((server) => server.name === name);
  }

  async #migrate(): Promise<void> {
    this.#progress('migrating the database');
    const args = ['--import', 'tsx', 'src/order.ts', 'migrate'];
    const env = { ...process.env, MYSQL_URL: this.mysqlUrl };
    await runCommand(process.execPath, args, { cwd: ROOT, env, timeoutMs: MIGRATION_MS });
  }

  async #launch(name: string, env: Readonly<Record<string, string>> = {}, checkout = ROOT): Promise<SupervisedRole> {
    const kind = kindOf(name);
    const port = name === kind && isKnownBefore(kind) ? this.#ports[kind] : await findPort();
    const [entry, ...args] = this.#options.entries?.[kind] ?? ROLE_ENTRIES[kind];
    return this.#supervisor.add({
      name,
      command: [process.execPath, '--import', 'tsx', resolve(checkout, entry), ...args],
      env: {
        ...process.env,
        ...settingsOf(kind, port, this.#surroundings(), this.#options.topic?.partitions ?? 6),
        ...this.#options.env?.[kind],
        ...env,
      },
      cwd: checkout,
      logFile: join(this.logDirectory, `${name}.log`),
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    });
  }

  /** What roles are told: the servers by the way that is meant for roles. */
  #surroundings(): RoleSurroundings {
    const { mysqlUrl, kafkaBrokers } = this.#servers.forRoles;
    return {
      mysqlUrl: withDatabase(mysqlUrl, this.#names.databases.orders),
      consumerMysqlUrls: this.#consumerUrlsAt(mysqlUrl),
      consumerGroups: this.consumerGroups,
      kafkaBrokers,
      topic: this.topic,
      apiUrl: this.apiUrl,
      progressUrls: this.#progressUrls,
      operatorToken: this.operatorToken,
    };
  }

  /** Where the consumers tell of themselves; those that this environment has. */
  get #progressUrls(): RoleSurroundings['progressUrls'] {
    const names = this.#options.roles ?? ROLE_KINDS;
    return (['payment', 'shipping'] as const)
      .filter((name) => names.includes(name))
      .map((name) => [name, `http://127.0.0.1:${this.#ports[name]}`]);
  }

  #consumerUrlsAt(serverUrl: string): Environment['consumerMysqlUrls'] {
    const { databases } = this.#names;
    return {
      payment: withDatabase(serverUrl, databases.payment),
      shipping: withDatabase(serverUrl, databases.shipping),
    };
  }

  #describe(): EnvironmentDescription {
    const roles = this.#supervisor.roles.map(({ name, pid, url }) => ({ name, pid, url }));
    const servers = this.#ownServers.map(({ name, pid }) => ({ name, pid }));
    return {
      run: this.#run.id,
      pid: process.pid,
      mysqlUrl: this.mysqlUrl,
      kafkaBrokers: this.kafkaBrokers,
      topic: this.topic,
      apiUrl: this.apiUrl,
      consoleUrl: `${this.apiUrl}/console`,
      metricsUrl: `${this.apiUrl}/metrics`,
      operatorToken: this.operatorToken,
      consumerMysqlUrls: this.consumerMysqlUrls,
      logDirectory: this.logDirectory,
      processes: [...roles, ...servers].flatMap(({ pid, ...rest }) => (pid === undefined ? [] : [{ ...rest, pid }])),
    };
  }
}

/**
 * Brings up the whole service: MySQL and Kafka, databases and topic, the migrated schema, and each role as a process of
 * its own that is restarted when it ends. Resolves when every role is ready; when anything fails, what was started is
 * ended again and an `EnvironmentError` says why.
 */
export const startEnvironment = async (options: EnvironmentOptions = {}): Promise<Environment> => {
  const progress = options.progress ?? stderrProgress;
  const run = await Run.open(options.directory);
  try {
    progress('starting MySQL and Kafka');
    const servers = await startServers({
      run,
      progress,
      ...(options.servers === undefined ? {} : { layout: options.servers }),
    });
    const environment = new RunningEnvironment(run, servers, await portsFor(options.apiPort), options, progress);
    try {
      await environment.start();
      return environment;
    } catch (cause) {
      await environment.stop();
      throw cause;
    }
  } catch (cause) {
    await run.close();
    throw cause instanceof EnvironmentError ? cause : new EnvironmentError(messageOf(cause), { cause });
  }
};
