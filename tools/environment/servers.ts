import { EnvironmentError, messageOf } from './environment-error.ts';
import { type DockerEngine, findDockerEngine } from './docker-engine.ts';
import { startDockerKafka, startDockerMySql } from './docker-servers.ts';
import { isNativeKafkaReady, startNativeKafka } from './kafka-native.ts';
import { probeKafka } from './kafka-probe.ts';
import { isNativeMySqlReady, startNativeMySql } from './mysql-native.ts';
import { probeMySql } from './mysql-probe.ts';
import { type Progress, stderrProgress } from './progress.ts';
import { Run } from './run.ts';
import { isUsualLayout, type ServerLayout } from './server-layout.ts';
import type { ServerProcess } from './server-process.ts';

export interface ServersOptions {
  /** Where the data lives; `stop` closes it. Without one, a run of its own is opened below `.order`. */
  readonly run?: Run;
  /** Which servers are needed; both unless told. The URL of one that is not needed is empty. */
  readonly needed?: readonly ('mysql' | 'kafka')[];
  /** Servers that are not the usual ones: given ones are refused, Docker is not tried. */
  readonly layout?: ServerLayout;
  readonly progress?: Progress;
}

/** A MySQL and a Kafka that answer. */
export interface Servers {
  /** `mysql://user:password@host:port`, or `MYSQL_URL` as it was set. */
  readonly mysqlUrl: string;
  /** `host:port,…`. */
  readonly kafkaBrokers: string;
  /** The same servers as the roles are to reach them: through what was interposed, else directly. */
  readonly forRoles: { readonly mysqlUrl: string; readonly kafkaBrokers: string };
  /** `host:port` of Kafka's secure listener, when the layout has one. */
  readonly secureKafkaBrokers?: string;
  /** Undefined when the server was given by its setting: it is not ours to kill. */
  readonly mysql?: ServerProcess;
  readonly kafka?: ServerProcess;
  /** Of the server that follows MySQL, when the layout has one; as `mysqlUrl`. */
  readonly mysqlReplicaUrl?: string;
  /** Directories on the small disks of servers that have one. */
  readonly disks: { readonly mysql?: string; readonly kafka?: string };
  /** The rest of a cluster: `mysql-replica`; `kafka-2`, `kafka-3` and `kafka-controller`. */
  readonly others: readonly ServerProcess[];
  /** Kills what was started and removes its data. */
  stop(): Promise<void>;
}

interface Started {
  readonly address: string;
  /** Address through what was interposed. */
  readonly interposed?: string;
  /** Address of the secure listener. */
  readonly secure?: string;
  readonly disk?: string;
  readonly process?: ServerProcess;
  readonly replicaUrl?: string;
  readonly others?: readonly ServerProcess[];
}

/** The ways to one kind of server. */
interface Ways {
  readonly name: 'MySQL' | 'Kafka';
  readonly setting: 'MYSQL_URL' | 'KAFKA_BROKERS';
  readonly example: string;
  check(given: string): Promise<void>;
  docker(engine: DockerEngine): Promise<Started>;
  isNativeReady(): Promise<boolean>;
  native(): Promise<Started>;
  readonly nativeNeeds: string;
}

const useGiven = async (ways: Ways, given: string): Promise<Started> => {
  try {
    await ways.check(given);
  } catch (cause) {
    const shown = given.replace(/\/\/[^@/]*@/, '//…@');
    throw new EnvironmentError(
      `${ways.setting} is set, so nothing else is tried, but no ${ways.name} answers at ${shown}: ${messageOf(cause)}`,
      { cause },
    );
  }
  return { address: given };
};

const noWay = (ways: Ways, docker: string, native: string): EnvironmentError =>
  new EnvironmentError(
    [
      `No ${ways.name} could be brought up. What each of the three ways lacked:`,
      `  1. ${ways.setting}: not set (example: ${ways.example})`,
      `  2. Docker: ${docker}`,
      `  3. native: ${native}`,
      `     (needs ${ways.nativeNeeds})`,
    ].join('\n'),
  );

const onlyWay = (): 'docker' | 'native' | undefined => {
  const chosen = process.env['ORDERLY_SERVERS'];
  if (chosen === undefined || chosen === '') return undefined;
  if (chosen === 'docker' || chosen === 'native') return chosen;
  throw new EnvironmentError(`ORDERLY_SERVERS is "${chosen}": expected docker or native, or not set`);
};

/**
 * The first way that serves: the setting, a Docker engine, this machine. An image is only pulled when this machine
 * could not start at once either.
 */
const bringUp = async (ways: Ways, progress: Progress, isUsual: boolean): Promise<Started> => {
  const given = process.env[ways.setting];
  if (given !== undefined && given !== '') {
    if (isUsual) return useGiven(ways, given);
    throw new EnvironmentError(`${ways.setting} is set, but this run needs servers of its own making: unset it`);
  }
  const only = isUsual ? onlyWay() : 'native';
  let docker = 'not tried (ORDERLY_SERVERS=native)';
  if (only !== 'native') {
    const mayPull = only === 'docker' || !(await ways.isNativeReady());
    const engine = await findDockerEngine(mayPull);
    if (typeof engine === 'string') docker = engine;
    else
      try {
        return await ways.docker(engine);
      } catch (cause) {
        docker = messageOf(cause);
        progress(`${ways.name} by Docker: ${docker}`);
      }
  }
  if (only === 'docker') throw noWay(ways, docker, 'not tried (ORDERLY_SERVERS=docker)');
  try {
    return await ways.native();
  } catch (cause) {
    throw noWay(ways, docker, messageOf(cause));
  }
};

const mysqlWays = (run: () => Promise<Run>, progress: Progress, layout: ServerLayout): Ways => ({
  name: 'MySQL',
  setting: 'MYSQL_URL',
  example: 'mysql://user:password@127.0.0.1:3306',
  check: (given) => probeMySql(given, 10_000),
  docker: async (engine) => startDockerMySql(await run(), engine, progress),
  isNativeReady: isNativeMySqlReady,
  native: async () => {
    const { url, process, disk, replica } = await startNativeMySql(await run(), progress, layout);
    const interposed = await layout.interpose?.mysql?.(process.address);
    return {
      address: url,
      process,
      ...(disk === undefined ? {} : { disk }),
      ...(replica === undefined ? {} : { replicaUrl: replica.url, others: [replica.process] }),
      ...(interposed === undefined ? {} : { interposed: url.replace(`@${process.address}`, `@${interposed}`) }),
    };
  },
  nativeNeeds: 'MySQL 8.4 or later as mysqld on the PATH, or Debian with its keyring and a mirror',
});

const kafkaWays = (run: () => Promise<Run>, progress: Progress, layout: ServerLayout): Ways => ({
  name: 'Kafka',
  setting: 'KAFKA_BROKERS',
  example: '127.0.0.1:9092',
  check: (given) => probeKafka(given.split(',')),
  docker: async (engine) => startDockerKafka(await run(), engine, progress),
  isNativeReady: isNativeKafkaReady,
  native: async () => startNativeKafka(await run(), progress, layout),
  nativeNeeds: 'Java 17 or later on the PATH, and Maven with a repository for the first time',
});

/**
 * Brings up MySQL and Kafka side by side, each by the first of three ways that serves: its setting (`MYSQL_URL`,
 * `KAFKA_BROKERS`; used as it is, nothing started), a Docker engine that answers, or natively on this machine.
 * `ORDERLY_SERVERS=docker|native` allows one of the latter two only.
 * Throws an `EnvironmentError` that says what every way lacked.
 */
export const startServers = async (options: ServersOptions = {}): Promise<Servers> => {
  const progress = options.progress ?? stderrProgress;
  const needed = options.needed ?? ['mysql', 'kafka'];
  let opened: Promise<Run> | undefined = options.run === undefined ? undefined : Promise.resolve(options.run);
  const run = (): Promise<Run> => (opened ??= Run.open());
  const stop = async (): Promise<void> => (await opened)?.close();
  const layout = options.layout ?? {};
  const isUsual = isUsualLayout(layout);
  const none: Promise<Started> = Promise.resolve({ address: '' });
  const [mysql, kafka] = await Promise.allSettled([
    needed.includes('mysql') ? bringUp(mysqlWays(run, progress, layout), progress, isUsual) : none,
    needed.includes('kafka') ? bringUp(kafkaWays(run, progress, layout), progress, isUsual) : none,
  ]);
  if (mysql.status === 'fulfilled' && kafka.status === 'fulfilled')
    return {
      mysqlUrl: mysql.value.address,
      kafkaBrokers: kafka.value.address,
      forRoles: {
        mysqlUrl: mysql.value.interposed ?? mysql.value.address,
        kafkaBrokers: kafka.value.interposed ?? kafka.value.address,
      },
      ...(kafka.value.secure === undefined ? {} : { secureKafkaBrokers: kafka.value.secure }),
      ...(mysql.value.process === undefined ? {} : { mysql: mysql.value.process }),
      ...(kafka.value.process === undefined ? {} : { kafka: kafka.value.process }),
      ...(mysql.value.replicaUrl === undefined ? {} : { mysqlReplicaUrl: mysql.value.replicaUrl }),
      disks: {
        ...(mysql.value.disk === undefined ? {} : { mysql: mysql.value.disk }),
        ...(kafka.value.disk === undefined ? {} : { kafka: kafka.value.disk }),
      },
      others: [...(mysql.value.others ?? []), ...(kafka.value.others ?? [])],
      stop,
    };
  await stop();
  const failures = [mysql, kafka].flatMap((outcome) =>
    outcome.status === 'rejected' ? [messageOf(outcome.reason)] : [],
  );
  throw new EnvironmentError(failures.join('\n\n'));
};
