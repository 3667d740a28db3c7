import { once } from 'node:events';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brokerNode, type ClusterNode, controllerNode } from './cluster-settings.ts';
import { type KafkaInstallation, launchOf, writeConfiguration } from './kafka-installation.ts';
import { newClusterId, probeKafka } from './kafka-probe.ts';
import { NativeServer } from './native-server.ts';
import { findPort } from './ports.ts';
import type { Run } from './run.ts';
import type { ServerLayout } from './server-layout.ts';
import type { ServerName } from './server-process.ts';

/** Four processes share the machine. */
const HEAP = '256m';
const BROKERS = ['kafka', 'kafka-2', 'kafka-3'] as const;
const META = 'meta.properties';

export interface StartedCluster {
  /** `host:port,…` of all brokers. */
  readonly address: string;
  /** The first broker. */
  readonly process: NativeServer;
  /** The other brokers, then the controller. */
  readonly others: readonly NativeServer[];
}

/** Storage as Kafka formats it; a broker gets its metadata from the controller, so that only the controller has some. */
const writeStorage = async (
  data: string,
  formatted: string,
  { nodeId, properties }: ClusterNode,
  clusterId: string,
): Promise<void> => {
  await mkdir(data, { recursive: true });
  if (properties['process.roles'] === 'controller') await cp(formatted, data, { recursive: true });
  const meta = (await readFile(join(formatted, META), 'utf8'))
    .replace(/^node\.id=.*$/m, `node.id=${nodeId}`)
    .replace(/^directory\.id=.*$/m, `directory.id=${newClusterId()}`)
    .replace(/^cluster\.id=.*$/m, `cluster.id=${clusterId}`);
  await writeFile(join(data, META), meta);
};

const probePort = async (port: number): Promise<void> => {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
};

/**
 * Three brokers and a controller of their own, each a process that can be killed alone: `kafka`, `kafka-2`, `kafka-3`
 * and `kafka-controller`. New topics have three replicas, two of which must have a record before it is acknowledged.
 */
export const startCluster = async (
  run: Run,
  installation: KafkaInstallation,
  { kafkaSettings = {}, interpose, disks, secureKafka }: ServerLayout,
): Promise<StartedCluster> => {
  if (disks?.kafka !== undefined) throw new Error('none of three brokers has a small disk');
  if (interpose?.kafka !== undefined) throw new Error('nothing can be interposed in front of three brokers');
  if (secureKafka !== undefined) throw new Error('none of three brokers has a secure listener');
  const clusterId = newClusterId();
  const start = (
    name: ServerName,
    nodeOn: (port: number) => ClusterNode,
    probe: (port: number) => Promise<void>,
  ): Promise<NativeServer> =>
    NativeServer.start(async () => {
      const port = await findPort();
      const node = nodeOn(port);
      const directory = join(run.directory, `${name}-${port}`);
      const data = join(directory, 'data');
      const settings = { ...node.properties, 'log.dirs': data, ...kafkaSettings };
      const properties = await writeConfiguration(directory, settings);
      await writeStorage(data, installation.formatted, node, clusterId);
      return {
        ...launchOf({ run, installation, name, directory, properties, heap: HEAP }),
        address: `127.0.0.1:${port}`,
        probe: () => probe(port),
      };
    });
  const controller = await start('kafka-controller', controllerNode, probePort);
  const controllerPort = Number(controller.address.split(':').at(-1));
  const [first, ...more] = await Promise.all(
    BROKERS.map((name, index) =>
      start(
        name,
        (port) => brokerNode(index + 1, port, controllerPort),
        (port) => probeKafka([`127.0.0.1:${port}`], clusterId, `127.0.0.1:${port}`),
      ),
    ),
  );
  if (first === undefined) throw new Error('a cluster has at least one broker');
  return {
    address: [first, ...more].map(({ address }) => address).join(','),
    process: first,
    others: [...more, controller],
  };
};
