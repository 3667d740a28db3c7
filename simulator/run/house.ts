import type { Admin, Kafka } from 'kafkajs';
import type { Replication } from '../../tools/environment/server-layout.ts';
import type { FaultProxy } from '../faults/proxy/fault-proxy.ts';
import type { Balancer } from '../upgrade/balancer.ts';
import type { Progress } from './progress.ts';

/** How the environment of a run differs from the usual one. */
export interface HouseNeeds {
  /** Relay processes. */
  readonly relays?: number;
  /** Servers that the roles reach through a proxy; checker and simulator reach them directly. */
  readonly proxies?: readonly ('mysql' | 'kafka')[];
  /** Address of the loopback interface from which the proxies connect; 127.0.0.1 unless told. */
  readonly proxiesFrom?: string;
  /** Lines of the option file of MySQL, such as `max_connections=12`. */
  readonly mysqlSettings?: readonly string[];
  /** Broker properties. */
  readonly kafkaSettings?: Readonly<Record<string, string>>;
  /** Size of the disk that a server has for its data alone, megabytes. */
  readonly disks?: { readonly mysql?: number; readonly kafka?: number };
  /** Three brokers instead of one: `kafka`, `kafka-2` and `kafka-3`; a proxy in front of Kafka is not to be had then. */
  readonly brokers?: 3;
  /** The API is reached through an address that several of them can share. */
  readonly sharedApi?: true;
  /** The version after this one is made beforehand. */
  readonly nextVersion?: true;
  /** A second MySQL, `mysql-replica`, that follows the first. */
  readonly replication?: Replication;
  /** Settings for the roles. */
  readonly env?: Partial<
    Readonly<Record<'api' | 'relay' | 'janitor' | 'payment' | 'shipping', Readonly<Record<string, string>>>>
  >;
  /** `max.message.bytes` of the topic. */
  readonly topicLimit?: number;
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * The environment as the simulator uses it: addresses, and the right to kill. Kept narrow so that faults and
 * workload can be tested without servers.
 */
export interface House {
  readonly apiUrl: string;
  readonly operatorToken: string;
  readonly topic: string;
  readonly kafka: Kafka;
  /** Kill -9 of `api`, `relay`, `relay-2` …, `janitor`, `payment`, `shipping`, `mysql`, `mysql-replica`, `kafka` or `kafka-2` …. Resolves when the process is gone. */
  kill(name: string): Promise<void>;
  /** Brings a killed server back (roles come back by their supervisor); resolves when `name` answers again. */
  revive(name: string): Promise<void>;
  /** SIGTERM resolves when the process is gone (roles come back); the others at once. */
  signal(name: string, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM' | 'SIGUSR2'): Promise<void>;
  /** The process that runs under this name now. */
  pidOf(name: string): number | undefined;
  /** Starts one more role, such as `relay-2` or `janitor`, from this checkout or the one at `checkout`, and waits until it is ready. */
  addRole(name: string, checkout?: string): Promise<void>;
  /** Ends a role in order, for good. */
  removeRole(name: string): Promise<void>;
  /** Address of a role's HTTP server. */
  urlOf(role: string): string;
  /** What the APIs share their address by, when the run asked for one. */
  readonly balancer?: Balancer;
  /** Of payment's own database, past any proxy. */
  readonly paymentMysqlUrl: string;
  /** Of the service's database, past any proxy. Another one after `followReplica`: to be asked anew for each connection. */
  readonly mysqlUrl: string;
  /** The same database at the replica, when the run asked for one. */
  readonly replicaUrl: string | undefined;
  /** As a virtual address that moves: the roles reach the replica through their proxy, simulator and checker reach it directly. */
  followReplica(): void;
  /** Between the roles and the servers, as far as the run asked for them. */
  readonly proxies: { readonly mysql?: FaultProxy; readonly kafka?: FaultProxy };
  /** Starts a role again with `env` besides, for one life; `ended` tells when and how that one is over. */
  restartWith(name: string, env: Readonly<Record<string, string>>): Promise<{ readonly ended: Promise<Ending> }>;
  /** Root of a checkout with the version after this one, when the run asked for it. */
  readonly nextVersion?: string;
  /** Directories on the small disks of servers that have one. */
  readonly disks: { readonly mysql?: string; readonly kafka?: string };
  /** Runs `act` on a connected Kafka admin client. */
  readonly admin: <T>(act: (admin: Admin) => Promise<T>) => Promise<T>;
  /** Undefined while a database does not answer. */
  readonly progress: () => Promise<Progress | undefined>;
}
