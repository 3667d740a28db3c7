import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddedRole, Environment } from './environment.ts';
import { type EnvironmentDescription, EnvironmentFile } from './environment-file.ts';
import type { EnvironmentOptions } from './environment-options.ts';
import { EnvironmentStores } from './environment-stores.ts';
import type { ExitStatus } from './managed-process.ts';
import type { Progress } from './progress.ts';
import { RoleLauncher } from './role-launcher.ts';
import type { RolePorts } from './role-ports.ts';
import { ROLE_KINDS } from './roles.ts';
import type { Run } from './run.ts';
import type { ServerProcess } from './server-process.ts';
import type { Servers } from './servers.ts';
import type { Signals } from './signals.ts';
import { Supervisor } from './supervisor.ts';

/** On servers that answer; `start` makes the rest of it. */
export class RunningEnvironment implements Environment {
  readonly apiUrl: string;
  readonly operatorToken = randomBytes(24).toString('base64url');
  readonly #reprocessToken = randomBytes(24).toString('base64url');
  readonly logDirectory: string;
  readonly directory: string;
  readonly disks: Servers['disks'];
  readonly #options: EnvironmentOptions;
  readonly #progress: Progress;
  readonly #run: Run;
  readonly #servers: Servers;
  readonly #stores: EnvironmentStores;
  readonly #supervisor: Supervisor;
  readonly #launcher: RoleLauncher;
  #file: EnvironmentFile | undefined;
  #stopped: Promise<void> | undefined;

  constructor(run: Run, servers: Servers, ports: RolePorts, options: EnvironmentOptions, progress: Progress) {
    this.apiUrl = `http://127.0.0.1:${ports.api}`;
    this.logDirectory = options.logDirectory ?? join(run.directory, 'logs');
    this.directory = run.directory;
    this.disks = servers.disks;
    this.#options = options;
    this.#progress = progress;
    this.#run = run;
    this.#servers = servers;
    this.#stores = new EnvironmentStores(servers, options, progress);
    const changed = (): void => void this.#file?.update();
    this.#supervisor = new Supervisor(run, progress, changed);
    this.#launcher = new RoleLauncher(this.#supervisor, this.#stores, options, {
      ports,
      apiUrl: this.apiUrl,
      operatorToken: this.operatorToken,
      reprocessToken: this.#reprocessToken,
      logDirectory: this.logDirectory,
    });
    for (const server of this.#ownServers) server.onChange(changed);
  }

  /** Resolves when every role is ready. What was started until it fails is for `stop` to end. */
  async start(): Promise<void> {
    await mkdir(this.logDirectory, { recursive: true });
    await this.#stores.create();
    this.#file = await EnvironmentFile.open(this.#run, () => this.#describe());
    const names = this.#options.roles ?? ROLE_KINDS;
    if (names.length > 0) this.#progress(`starting ${names.join(', ')}`);
    const roles = await Promise.all(names.map((name) => this.#launcher.launch(name)));
    await Promise.all(roles.map((role) => role.whenReady()));
    await this.#file.update();
  }

  get mysqlUrl(): string {
    return this.#stores.mysqlUrl;
  }

  get mysqlReplicaUrl(): string | undefined {
    return this.#stores.mysqlReplicaUrl;
  }

  get consumerMysqlUrls(): Environment['consumerMysqlUrls'] {
    return this.#stores.consumerMysqlUrls;
  }

  get consumerGroups(): Environment['consumerGroups'] {
    return this.#stores.consumerGroups;
  }

  get kafkaBrokers(): string {
    return this.#stores.kafkaBrokers;
  }

  get topic(): string {
    return this.#stores.topic;
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
    this.#stores.followReplica();
    void this.#file?.update();
  }

  async addRole(name: string, { env, untilReady = true, checkout }: AddedRole = {}): Promise<void> {
    const role = await this.#launcher.launch(name, env, checkout);
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
    await this.#stores.drop();
    await this.#run.close();
  }

  get #ownServers(): readonly ServerProcess[] {
    return [this.#servers.mysql, this.#servers.kafka, ...this.#servers.others].filter((server) => server !== undefined);
  }

  #server(name: string): ServerProcess | undefined {
    return this.#ownServers.find((server) => server.name === name);
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
      reprocessToken: this.#reprocessToken,
      consumerMysqlUrls: this.consumerMysqlUrls,
      logDirectory: this.logDirectory,
      processes: [...roles, ...servers].flatMap(({ pid, ...rest }) => (pid === undefined ? [] : [{ ...rest, pid }])),
    };
  }
}
