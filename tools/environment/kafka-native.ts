import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrokerAddresses, brokerSettings } from './broker-settings.ts';
import { cached, cacheDirectory } from './cache.ts';
import { findProgram, runCommand } from './command.ts';
import { EnvironmentError, messageOf } from './environment-error.ts';
import { findJava, type Java, unfitJava } from './java.ts';
import { startCluster } from './kafka-cluster.ts';
import { jvmOptions, type KafkaInstallation, launchOf, writeConfiguration } from './kafka-installation.ts';
import { areKafkaJarsReady, obtainKafkaJars } from './kafka-jars.ts';
import { newClusterId, probeKafka } from './kafka-probe.ts';
import { NativeServer } from './native-server.ts';
import { findPort } from './ports.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';
import { scramArguments, type SecureListener, secureSettings } from './secure-listener.ts';
import type { ServerLayout } from './server-layout.ts';
import { SmallDisk } from './small-disk.ts';

type Ports = Pick<BrokerAddresses, 'client' | 'controller' | 'interposed' | 'secure'>;

/** The archive is written while the broker ends: seconds, or more on a busy machine. */
const ARCHIVE_MS = 120_000;

const keystoreIn = (directory: string): string => join(directory, 'keystore.pem');

const configure = (
  directory: string,
  ports: Ports,
  data: string,
  { kafkaSettings, secureKafka }: ServerLayout = {},
): Promise<string> =>
  writeConfiguration(directory, {
    ...brokerSettings({ listen: '127.0.0.1', advertise: '127.0.0.1', ...ports }),
    ...(secureKafka === undefined ? {} : secureSettings(secureKafka, keystoreIn(directory))),
    'log.dirs': data,
    ...kafkaSettings,
  });

/** Storage formatted once per set of jars: three small files, copied for each run. */
const formatStorage = (java: Java, classPath: string, key: string, progress: Progress): Promise<string> =>
  cached(join(cacheDirectory(), `kafka-data-${key}`), progress, async (unfinished) => {
    const unfit = await unfitJava(java);
    if (unfit !== undefined) throw new EnvironmentError(unfit);
    const work = `${unfinished}.work`;
    await rm(work, { recursive: true, force: true });
    const properties = await configure(work, { client: 9092, controller: 9093 }, join(work, 'data'));
    const tool = ['kafka.tools.StorageTool', 'format', '--cluster-id', newClusterId(), '--config', properties];
    await runCommand(java.path, [...jvmOptions(work), '-cp', classPath, ...tool], { timeoutMs: 120_000 });
    await rename(join(work, 'data'), unfinished);
    await rm(work, { recursive: true });
  });

const interposedOn = async ({ interpose }: ServerLayout): Promise<Ports['interposed']> => {
  if (interpose?.kafka === undefined) return undefined;
  const port = await findPort();
  return { port, advertise: await interpose.kafka(`127.0.0.1:${port}`) };
};

interface Storage {
  readonly directory: string;
  readonly properties: string;
  /** Where the broker finds it, as it is reached from here. */
  readonly data: string;
  readonly clusterId: string;
}

/** A copy of what was formatted once; where users are kept in it, formatted anew. */
const writeStorage = async (
  { java, classPath, formatted }: KafkaInstallation,
  { directory, properties, data, clusterId }: Storage,
  secure: SecureListener | undefined,
): Promise<void> => {
  if (secure === undefined) {
    await cp(formatted, data, { recursive: true });
    const meta = join(data, 'meta.properties');
    await writeFile(meta, (await readFile(meta, 'utf8')).replace(/^cluster\.id=.*$/m, `cluster.id=${clusterId}`));
    return;
  }
  await writeFile(keystoreIn(directory), secure.keystore, { mode: 0o600 });
  const tool = ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', properties];
  const command = [...jvmOptions(directory), '-cp', classPath, ...tool, ...scramArguments(secure)];
  await runCommand(java, command, { timeoutMs: 120_000 });
};

const layOut = async (run: Run, installation: KafkaInstallation, layout: ServerLayout) => {
  const interposed = await interposedOn(layout);
  const ports = {
    client: await findPort(),
    controller: await findPort(),
    ...(interposed === undefined ? {} : { interposed }),
    ...(layout.secureKafka === undefined ? {} : { secure: await findPort() }),
  };
  const directory = join(run.directory, `kafka-${ports.client}`);
  await mkdir(directory, { recursive: true });
  const size = layout.disks?.kafka;
  if (size !== undefined && layout.secureKafka !== undefined)
    throw new Error('a broker with a secure listener has no small disk');
  const disk = size === undefined ? undefined : await SmallDisk.open(run, directory, size);
  const data = disk?.inside ?? join(directory, 'data');
  const reached = disk?.outside ?? data;
  const properties = await configure(directory, ports, data, layout);
  const clusterId = newClusterId();
  await writeStorage(installation, { directory, properties, data: reached, clusterId }, layout.secureKafka);
  return { ports, directory, properties, clusterId, disk };
};

export interface StartedKafka {
  /** `host:port,…` of all brokers. */
  readonly address: string;
  readonly process: NativeServer;
  /** The rest of a cluster. */
  readonly others?: readonly NativeServer[];
  /** `host:port` for clients that come through what was interposed. */
  readonly interposed?: string;
  /** `host:port` of the secure listener. */
  readonly secure?: string;
  /** Directory on its small disk, when it has one. */
  readonly disk?: string;
}

const startBroker = async (
  run: Run,
  installation: KafkaInstallation,
  extraOptions: readonly string[],
  layout: ServerLayout,
): Promise<StartedKafka> => {
  let interposed: string | undefined;
  let secure: number | undefined;
  let own: SmallDisk | undefined;
  const server = await NativeServer.start(async () => {
    const { ports, directory, properties, clusterId, disk } = await layOut(run, installation, layout);
    own = disk;
    interposed = ports.interposed?.advertise;
    secure = ports.secure;
    const address = `127.0.0.1:${ports.client}`;
    return {
      ...launchOf({
        run,
        installation,
        name: 'kafka',
        directory,
        properties,
        extraOptions,
        ...(disk === undefined ? {} : { enter: disk.enter }),
      }),
      address,
      probe: () => probeKafka([address], clusterId),
    };
  });
  return {
    address: server.address,
    process: server,
    ...(interposed === undefined ? {} : { interposed }),
    ...(secure === undefined ? {} : { secure: `localhost:${secure}` }),
    ...(own === undefined ? {} : { disk: own.outside }),
  };
};

/** An archive of the classes a broker loads, dumped by a broker that ends; halves the start of all later ones. */
const archiveClasses = (run: Run, installation: KafkaInstallation, key: string, progress: Progress): Promise<string> =>
  cached(join(cacheDirectory(), `kafka-classes-${key}.jsa`), progress, async (unfinished) => {
    progress('kafka: preparing a class archive for faster starts (once)');
    const broker = await startBroker(run, installation, [`-XX:ArchiveClassesAtExit=${unfinished}`], {});
    await broker.process.kill('SIGTERM', ARCHIVE_MS);
  });

const prepare = async (run: Run, java: Java, progress: Progress): Promise<KafkaInstallation> => {
  const jars = await obtainKafkaJars(progress);
  const classPath = jars.names.map((name) => join(jars.directory, name)).join(':');
  const key = createHash('sha256').update(`${java.identity} ${jars.directory} ${jars.key}`).digest('hex').slice(0, 12);
  const formatted = await formatStorage(java, classPath, key, progress);
  const bare = { java: java.path, classPath, formatted, archive: undefined };
  try {
    return { ...bare, archive: await archiveClasses(run, bare, key, progress) };
  } catch (cause) {
    progress(`kafka: starts without a class archive: ${messageOf(cause)}`);
    return bare;
  }
};

/** Whether a native broker can start without a download. */
export const isNativeKafkaReady = async (): Promise<boolean> =>
  typeof (await findJava()) !== 'string' && (await areKafkaJarsReady());

const lackingForKafka = async (java: Java | string): Promise<readonly string[]> => {
  const lacking: string[] = [];
  if (typeof java === 'string') lacking.push(java);
  else if (!(await areKafkaJarsReady())) {
    const unfit = await unfitJava(java);
    if (unfit !== undefined) lacking.push(unfit);
  }
  if (!(await areKafkaJarsReady()) && (await findProgram('mvn')) === undefined)
    lacking.push("no mvn on the PATH to fetch Kafka's jars with");
  return lacking;
};

/** Starts a broker, or a cluster of them, from Kafka's own jars; fails with what was lacking. */
export const startNativeKafka = async (
  run: Run,
  progress: Progress,
  layout: ServerLayout = {},
): Promise<StartedKafka> => {
  const java = await findJava();
  const lacking = await lackingForKafka(java);
  if (typeof java === 'string' || lacking.length > 0) throw new EnvironmentError(lacking.join('; '));
  const installation = await prepare(run, java, progress);
  return layout.brokers === 3 ? startCluster(run, installation, layout) : startBroker(run, installation, [], layout);
};
