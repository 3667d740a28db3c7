import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../../tools/environment/command.ts';
import { findDockerEngine } from '../../../tools/environment/docker-engine.ts';
import { findJava } from '../../../tools/environment/java.ts';
import { areKafkaJarsReady } from '../../../tools/environment/kafka-jars.ts';
import { isNativeMySqlReady } from '../../../tools/environment/mysql-native.ts';
import { lackingForPackages } from '../../../tools/environment/debian-packages.ts';

/** Whether this machine can start servers of its own, and not only use given ones. */
const canStartServers = async (): Promise<boolean> => {
  if (typeof (await findDockerEngine(true)) !== 'string') return true;
  const kafka = (await areKafkaJarsReady()) || (await findProgram('mvn')) !== undefined;
  const mysql = (await isNativeMySqlReady()) || (await lackingForPackages()).length === 0;
  return typeof (await findJava()) !== 'string' && kafka && mysql;
};

const GIVEN = ['MYSQL_URL', 'KAFKA_BROKERS'] as const;

/** The environment of this process without the servers that `npm test` gave it. */
export const withoutGivenServers = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !GIVEN.some((given) => given === name)));

/**
 * For a suite that brings up servers itself: takes the given ones out of the environment while it runs, and puts them back
 * in place of whatever the suite put there. Skipped where only given servers can be used.
 */
export const useOwnServers = (): void => {
  const saved = GIVEN.map((name) => [name, process.env[name]] as const);
  before('take the given servers away', async function () {
    this.timeout(30_000);
    if (!(await canStartServers())) this.skip();
    Reflect.deleteProperty(process.env, 'MYSQL_URL');
    Reflect.deleteProperty(process.env, 'KAFKA_BROKERS');
  });
  after('put the given servers back', () => {
    for (const [name, value] of saved)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  });
};

/** An empty directory that is removed after the suite. */
export const useDirectory = (): { readonly path: () => string } => {
  let path = '';
  before(async () => {
    path = await mkdtemp(join(tmpdir(), 'orderly-test-'));
  });
  after(() => rm(path, { recursive: true, force: true }));
  return { path: () => path };
};
