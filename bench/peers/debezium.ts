import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import { addDebeziumColumns, debeziumConfig } from '../../src/interfaces/cli/debezium-takeover.ts';
import type { Environment } from '../../tools/environment/environment.ts';
import { mavenProject } from '../../tools/environment/maven-project.ts';
import type { BenchSystem } from '../systems/system.ts';
import { startJava, type JavaProcess } from './java-process.ts';

type Settings = Readonly<Record<string, string>>;

const START_MS = 120_000;
const EVERY_MS = 100;
/** How long MySQL lets the engine be held still while the outbox is filled, seconds. */
const HELD_STILL_S = 3_600;
const SERVER_ID = '4711';

/** Settings of throughput and delay that `order outbox debezium-config` sets; without them Debezium's own defaults hold. */
const TUNED = [
  'poll.interval.ms',
  'max.batch.size',
  'max.queue.size',
  'producer.override.linger.ms',
  'producer.override.batch.size',
];

/** The generated configuration, with addresses and with files for what Kafka Connect would keep. */
const settingsFor = (environment: Environment, logDirectory: string): Settings => {
  const { hostname, port, username, password, pathname } = new URL(environment.mysqlUrl);
  return {
    ...debeziumConfig({ database: pathname.slice(1), topic: environment.topic }),
    name: 'orderly-outbox',
    'database.hostname': hostname,
    'database.port': port,
    'database.user': decodeURIComponent(username),
    'database.password': decodeURIComponent(password),
    'database.server.id': SERVER_ID,
    'schema.history.internal': 'io.debezium.storage.file.history.FileSchemaHistory',
    'schema.history.internal.file.filename': join(logDirectory, 'schema-history.dat'),
    'offset.storage': 'org.apache.kafka.connect.storage.FileOffsetBackingStore',
    'offset.storage.file.filename': join(logDirectory, 'offsets.dat'),
    'producer.override.bootstrap.servers': environment.kafkaBrokers,
  };
};

/** A Java properties file: backslashes are doubled, the rest of what we write needs no care. */
const propertiesOf = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');

const reading = async (connection: mysql.Connection): Promise<boolean> => {
  const [processes] = await connection.query<RowDataPacket[]>('SHOW PROCESSLIST');
  return processes.some((row) => String(row['Command']).startsWith('Binlog Dump'));
};

const untilReading = async (mysqlUrl: string): Promise<void> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl });
  try {
    const giveUpAt = performance.now() + START_MS;
    while (!(await reading(connection))) {
      if (performance.now() > giveUpAt) throw new Error(`Debezium does not read within ${START_MS / 1_000} s`);
      await sleep(EVERY_MS);
    }
  } finally {
    await connection.end();
  }
};

const onServer = async (mysqlUrl: string, ...statements: readonly string[]): Promise<void> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl });
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
};

/** Starts the engine with `changes` to the generated configuration. Resolves when it reads the binary log. */
export const startDebezium = async (
  environment: Environment,
  logDirectory: string,
  progress: (line: string) => void,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<JavaProcess> => {
  const { java, classPath } = await mavenProject(join(import.meta.dirname, 'debezium'), progress);
  const settings = Object.entries({ ...settingsFor(environment, logDirectory), ...changes });
  const file = join(logDirectory, 'debezium.properties');
  await writeFile(
    file,
    propertiesOf(Object.fromEntries(settings.filter((entry): entry is [string, string] => entry[1] !== undefined))),
  );
  const engine = startJava({
    java,
    classPath,
    options: ['-Xmx512m', '-XX:+UseParallelGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'],
    main: 'orderly.peers.DebeziumPeer',
    args: [file],
    name: 'debezium',
    logDirectory,
  });
  try {
    await Promise.race([untilReading(environment.mysqlUrl), engine.failed]);
    return engine;
  } catch (cause) {
    await engine.stop();
    throw cause;
  }
};

/** Columns that the generated configuration takes headers from. */
export const prepareOutbox = (mysqlUrl: string): Promise<void> =>
  onServer(mysqlUrl, addDebeziumColumns(new URL(mysqlUrl).pathname.slice(1)));

const debezium = (
  name: string,
  describe: string,
  changes: Readonly<Record<string, string | undefined>>,
): BenchSystem => ({
  name,
  describe,
  start: () => Promise.reject(new Error(`${name} must be prepared on an empty outbox`)),
  // It must have a place in the binary log before the first event, so it is started early and held still.
  prepare: async (environment, logDirectory, progress) => {
    await prepareOutbox(environment.mysqlUrl);
    await onServer(environment.mysqlUrl, `SET GLOBAL net_write_timeout = ${HELD_STILL_S}`);
    const engine = await startDebezium(environment, logDirectory, progress, { 'snapshot.mode': 'no_data', ...changes });
    engine.pause();
    return {
      start: () => {
        engine.resume();
        return Promise.resolve({ processes: new Map([[name, engine.pid]]), stop: () => engine.stop() });
      },
    };
  },
});

export const debeziumTuned = debezium(
  'debezium-tuned',
  "Debezium's embedded engine with the configuration that `order outbox debezium-config` prints",
  {},
);

export const debeziumDefault = debezium(
  'debezium',
  'the same with its own defaults for polling and batches, and those of the producer',
  Object.fromEntries(TUNED.map((setting) => [setting, undefined])),
);
