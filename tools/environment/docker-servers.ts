import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { askEngine, type DockerEngine } from './docker-engine.ts';
import { brokerSettings } from './broker-settings.ts';
import { DockerServer } from './docker-server.ts';
import { messageOf } from './environment-error.ts';
import { newClusterId, probeKafka } from './kafka-probe.ts';
import { probeMySql } from './mysql-probe.ts';
import { grantsFor, MYSQL_SETTINGS, mysqlUrlAt, newPassword } from './mysql-settings.ts';
import { findPort } from './ports.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';

const PULL_MS = 30_000;
const ENGINE_MS = 10_000;
const MYSQL_PORT = 3306;
const CONTROLLER_PORT = 29_093;
const INIT_FILE = '/orderly-init.sql';

const setting = (name: 'MYSQL_IMAGE' | 'KAFKA_IMAGE', fallback: string): string => {
  const value = process.env[name];
  return value === undefined || value === '' ? fallback : value;
};

const isPresent = async ({ connection }: DockerEngine, image: string): Promise<boolean> =>
  (await askEngine(connection, 'GET', `/images/${image}/json`, ENGINE_MS)).status === 200;

/** Throws unless the engine has the image, or gets it within PULL_MS. */
const obtainImage = async (engine: DockerEngine, image: string, progress: Progress): Promise<void> => {
  if (await isPresent(engine, image)) return;
  if (!engine.mayPull) throw new Error(`the engine has no image ${image}, and this machine starts sooner than a pull`);
  progress(`docker: pulling ${image} (for at most ${PULL_MS / 1_000} s)`);
  const path = `/images/create?fromImage=${encodeURIComponent(/[:@]/.test(image.replace(/^.*\//, '')) ? image : `${image}:latest`)}`;
  const failure = await askEngine(engine.connection, 'POST', path, PULL_MS).then(
    ({ body }) => body.trim().split('\n').at(-1) ?? '',
    (cause: unknown) => messageOf(cause),
  );
  if (!(await isPresent(engine, image))) throw new Error(`the image ${image} could not be pulled: ${failure}`);
};

interface ContainerSpec {
  readonly name: 'mysql' | 'kafka';
  readonly image: string;
  /** The port inside the container; outside it is `hostPort`. */
  readonly port: number;
  readonly hostPort: number;
  readonly host: string;
  readonly env: Record<string, string>;
  readonly command: string[];
  readonly files: { readonly target: string; readonly content: string }[];
  readonly probe: () => Promise<void>;
}

const ContainerList = t.array(t.type({ Id: t.string }));

/** Also those that were created but never started. */
const removeContainers = async ({ connection }: DockerEngine, run: Run): Promise<void> => {
  const filters = encodeURIComponent(JSON.stringify({ label: [`orderly.run=${run.id}`] }));
  const { body } = await askEngine(connection, 'GET', `/containers/json?all=true&filters=${filters}`, ENGINE_MS);
  const list = ContainerList.decode(JSON.parse(body));
  if (E.isLeft(list)) throw new Error('the Docker engine listed containers in an unknown form');
  const remove = ({ Id }: { readonly Id: string }) =>
    askEngine(connection, 'DELETE', `/containers/${Id}?force=true&v=true`, ENGINE_MS);
  await Promise.all(list.right.map(remove));
};

/** testcontainers takes a second to load, which only those pay who have an engine. */
const loadTestcontainers = () => import('testcontainers');

/** Where published ports are reached: this machine, or the engine's when that is another one. */
const hostOf = async (): Promise<string> => {
  const { getContainerRuntimeClient } = await loadTestcontainers();
  const { host } = (await getContainerRuntimeClient()).info.containerRuntime;
  return host === 'localhost' ? '127.0.0.1' : host;
};

/**
 * The run's watchdog removes the containers of a run that died, so testcontainers' own helper container for this (and its
 * image) is not needed. Readiness is asked by the caller, from outside, as a client would.
 */
const startContainer = async (run: Run, engine: DockerEngine, spec: ContainerSpec): Promise<DockerServer> => {
  const { GenericContainer, Wait } = await loadTestcontainers();
  class LoopbackContainer extends GenericContainer {
    protected override beforeContainerCreated(): Promise<void> {
      const HostIp = spec.host === '127.0.0.1' ? '127.0.0.1' : '';
      this.hostConfig.PortBindings = { [`${spec.port}/tcp`]: [{ HostIp, HostPort: `${spec.hostPort}` }] };
      return Promise.resolve();
    }
  }
  run.watchContainers(engine.connection, () => removeContainers(engine, run));
  const container = await new LoopbackContainer(spec.image)
    .withAutoCleanup(false)
    .withLabels({ 'orderly.run': run.id })
    .withExposedPorts({ container: spec.port, host: spec.hostPort })
    .withEnvironment(spec.env)
    .withCommand(spec.command)
    .withCopyContentToContainer(spec.files.map((file) => ({ ...file, mode: 0o644 })))
    .withWaitStrategy(Wait.forLogMessage(/./))
    .start();
  const id = container.getId();
  const server = new DockerServer(
    engine,
    { name: spec.name, id, address: `${spec.host}:${spec.hostPort}` },
    spec.probe,
  );
  await server.untilReady();
  return server;
};

export interface StartedInDocker {
  /** A MySQL URL or `host:port`. */
  readonly address: string;
  readonly process: DockerServer;
}

/** MySQL from `MYSQL_IMAGE`, whose entry point runs mysqld with the arguments it is given. */
export const startDockerMySql = async (
  run: Run,
  engine: DockerEngine,
  progress: Progress,
): Promise<StartedInDocker> => {
  const image = setting('MYSQL_IMAGE', 'mysql:9');
  await obtainImage(engine, image, progress);
  progress(`mysql: starting ${image} in Docker`);
  const [host, hostPort, password] = [await hostOf(), await findPort(), newPassword()];
  const url = mysqlUrlAt(`${host}:${hostPort}`, password);
  const process = await startContainer(run, engine, {
    name: 'mysql',
    image,
    port: MYSQL_PORT,
    hostPort,
    host,
    env: { MYSQL_RANDOM_ROOT_PASSWORD: 'yes' },
    command: [...MYSQL_SETTINGS.map((line) => `--${line}`), `--init-file=${INIT_FILE}`],
    files: [{ target: INIT_FILE, content: grantsFor(password) }],
    probe: () => probeMySql(url),
  });
  return { address: url, process };
};

/** Kafka from `KAFKA_IMAGE`, set up as the official image is: `KAFKA_…` variables for the properties. */
export const startDockerKafka = async (
  run: Run,
  engine: DockerEngine,
  progress: Progress,
): Promise<StartedInDocker> => {
  const image = setting('KAFKA_IMAGE', 'apache/kafka:4.4.0');
  await obtainImage(engine, image, progress);
  progress(`kafka: starting ${image} in Docker`);
  const [host, port, clusterId] = [await hostOf(), await findPort(), newClusterId()];
  const settings = brokerSettings({ listen: '0.0.0.0', advertise: host, client: port, controller: CONTROLLER_PORT });
  const variables = Object.entries(settings).map(([name, value]): readonly [string, string] => [
    `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
    value,
  ]);
  const address = `${host}:${port}`;
  const process = await startContainer(run, engine, {
    name: 'kafka',
    image,
    port,
    hostPort: port,
    host,
    env: { ...Object.fromEntries(variables), CLUSTER_ID: clusterId, KAFKA_HEAP_OPTS: '-Xmx384m' },
    command: [],
    files: [],
    probe: () => probeKafka([address], clusterId),
  });
  return { address, process };
};
