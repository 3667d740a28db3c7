import type { ExitStatus } from './managed-process.ts';
import type { Servers } from './servers.ts';
import type { Signals } from './signals.ts';

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
