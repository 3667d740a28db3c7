import type { SecureListener } from './secure-listener.ts';

/** Puts something, such as a proxy, in front of a server: told its `host:port`, answers the `host:port` to be used instead. */
export type Interpose = (address: string) => Promise<string>;

/** How a replica follows its source: a commit is acknowledged when the replica has it, or whether it has it or not. */
export type Replication = 'semi-synchronous' | 'asynchronous';

/** How the servers of one environment differ from the usual ones. Only servers started natively can differ. */
export interface ServerLayout {
  /** Lines of the option file, such as `max_connections=12`; they win over the usual ones. */
  readonly mysqlSettings?: readonly string[];
  /** A data directory, such as a backup, that MySQL starts from a copy of; freshly initialised data unless told. */
  readonly mysqlData?: string;
  /** Broker properties; they win over the usual ones. */
  readonly kafkaSettings?: Readonly<Record<string, string>>;
  /** Size of the disk that a server has for its data alone, megabytes; as large as this machine's unless told. */
  readonly disks?: { readonly mysql?: number; readonly kafka?: number };
  /** A second MySQL, `mysql-replica`, that follows the first and can take its place; neither has a small disk. */
  readonly replication?: Replication;
  /** Three brokers with a controller of their own, instead of one; they have no small disks, and nothing can be interposed in front of them. */
  readonly brokers?: 3;
  /** Beside the usual listener of a single broker, which stays open. */
  readonly secureKafka?: SecureListener;
  /** What the roles connect through; whoever brings the environment up, and the checker, connect directly. */
  readonly interpose?: { readonly mysql?: Interpose; readonly kafka?: Interpose };
}

export const isUsualLayout = ({
  mysqlSettings = [],
  mysqlData,
  kafkaSettings = {},
  brokers,
  replication,
  secureKafka,
  interpose = {},
  disks = {},
}: ServerLayout): boolean =>
  brokers === undefined &&
  replication === undefined &&
  secureKafka === undefined &&
  mysqlData === undefined &&
  mysqlSettings.length === 0 &&
  [kafkaSettings, interpose, disks].every((more) => Object.keys(more).length === 0);
