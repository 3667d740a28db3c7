import { ROOT } from './checkout.ts';
import { runCommand } from './command.ts';
import { createDatabases, dropDatabases, withDatabase } from './databases.ts';
import type { Environment } from './environment.ts';
import { messageOf } from './environment-error.ts';
import type { EnvironmentOptions } from './environment-options.ts';
import type { Progress } from './progress.ts';
import type { RoleSurroundings } from './roles.ts';
import type { Servers } from './servers.ts';
import { createTopic, deleteGroups, deleteTopic } from './topic.ts';

const MIGRATION_MS = 60_000;
const PARTITIONS = 6;

/** What is of one environment on its servers: databases, consumer groups and topic. */
export class EnvironmentStores {
  readonly consumerGroups: Environment['consumerGroups'];
  readonly topic: string;
  readonly partitions: number;
  readonly #databases: Readonly<Record<'orders' | 'payment' | 'shipping', string>>;
  readonly #servers: Servers;
  readonly #options: EnvironmentOptions;
  readonly #progress: Progress;
  /** Of the server, without a database. */
  #mysqlUrl: string;

  constructor(servers: Servers, options: EnvironmentOptions, progress: Progress) {
    const { suffix, topic } = options;
    const ending = suffix === undefined ? '' : `_${suffix}`;
    const given = new URL(servers.mysqlUrl).pathname.slice(1);
    const orders = given === '' ? 'orders' : decodeURIComponent(given);
    this.consumerGroups = { payment: `payment${ending}`, shipping: `shipping${ending}` };
    this.topic = `${topic?.name ?? 'orders.events.v1'}${suffix === undefined ? '' : `.${suffix}`}`;
    this.partitions = topic?.partitions ?? PARTITIONS;
    this.#databases = {
      orders: `${orders}${ending}`,
      payment: `payment${ending}`,
      shipping: `shipping${ending}`,
    };
    this.#servers = servers;
    this.#options = options;
    this.#progress = progress;
    this.#mysqlUrl = servers.mysqlUrl;
  }

  get kafkaBrokers(): string {
    return this.#servers.kafkaBrokers;
  }

  get mysqlUrl(): string {
    return withDatabase(this.#mysqlUrl, this.#databases.orders);
  }

  get mysqlReplicaUrl(): string | undefined {
    const { mysqlReplicaUrl } = this.#servers;
    return mysqlReplicaUrl === undefined ? undefined : withDatabase(mysqlReplicaUrl, this.#databases.orders);
  }

  get consumerMysqlUrls(): Environment['consumerMysqlUrls'] {
    return this.#consumerUrlsAt(this.#mysqlUrl);
  }

  /** What roles are told: the servers by the way that is meant for roles. */
  get forRoles(): Omit<RoleSurroundings, 'apiUrl' | 'progressUrls' | 'operatorToken' | 'reprocessToken'> {
    const { mysqlUrl, kafkaBrokers } = this.#servers.forRoles;
    return {
      mysqlUrl: withDatabase(mysqlUrl, this.#databases.orders),
      consumerMysqlUrls: this.#consumerUrlsAt(mysqlUrl),
      consumerGroups: this.consumerGroups,
      kafkaBrokers,
      topic: this.topic,
    };
  }

  /** The replica was made the source: from now on it is MySQL here. @throws when there is none. */
  followReplica(): void {
    const { mysqlReplicaUrl } = this.#servers;
    if (mysqlReplicaUrl === undefined) throw new Error('MySQL has no replica here');
    this.#mysqlUrl = mysqlReplicaUrl;
  }

  /** Creates them, the schema of the service included; consumers migrate their own databases. */
  async create(): Promise<void> {
    const { create, config = {} } = this.#options.topic ?? {};
    await Promise.all([
      create === false
        ? undefined
        : createTopic(this.kafkaBrokers, { name: this.topic, partitions: this.partitions, config }),
      createDatabases(this.mysqlUrl, Object.values(this.#databases)).then(() => this.#migrate()),
    ]);
  }

  /** Drops those of an environment that shares its servers; the others go with the servers. Only tells of what it cannot drop. */
  async drop(): Promise<void> {
    if (this.#options.suffix === undefined) return;
    await Promise.all([
      deleteTopic(this.kafkaBrokers, this.topic),
      deleteGroups(this.kafkaBrokers, Object.values(this.consumerGroups)),
      dropDatabases(this.mysqlUrl, Object.values(this.#databases)),
    ]).catch((cause: unknown) => this.#progress(`databases, groups and topic were not dropped: ${messageOf(cause)}`));
  }

  async #migrate(): Promise<void> {
    this.#progress('migrating the database');
    const args = ['--import', 'tsx', 'src/order.ts', 'migrate'];
    const env = { ...process.env, MYSQL_URL: this.mysqlUrl };
    await runCommand(process.execPath, args, { cwd: ROOT, env, timeoutMs: MIGRATION_MS });
  }

  #consumerUrlsAt(serverUrl: string): Environment['consumerMysqlUrls'] {
    return {
      payment: withDatabase(serverUrl, this.#databases.payment),
      shipping: withDatabase(serverUrl, this.#databases.shipping),
    };
  }
}
