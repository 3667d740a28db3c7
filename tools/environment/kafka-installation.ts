import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NativeLayout } from './native-server.ts';
import type { Run } from './run.ts';
import type { ServerName } from './server-process.ts';

const LOGGING = [
  'status=error',
  'name=broker',
  'appender.console.type=Console',
  'appender.console.name=console',
  'appender.console.layout.type=PatternLayout',
  'appender.console.layout.pattern=%d %p %m (%c)%n',
  'rootLogger.level=warn',
  'rootLogger.appenderRef.console.ref=console',
  '',
].join('\n');

const BROKER = 'kafka.Kafka';

/** What the broker needs to start: a Java, the jars, formatted storage, and an archive of loaded classes for speed. */
export interface KafkaInstallation {
  readonly java: string;
  readonly classPath: string;
  readonly formatted: string;
  readonly archive: string | undefined;
}

/** Small heap, cheap collector and compiler: start-up time counts here, not top speed. */
export const jvmOptions = (directory: string, heap = '384m'): readonly string[] => [
  `-Xmx${heap}`,
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  `-Dlog4j2.configurationFile=${join(directory, 'log4j2.properties')}`,
];

/** Answers where the properties are. */
export const writeConfiguration = async (
  directory: string,
  settings: Readonly<Record<string, string>>,
): Promise<string> => {
  const properties = join(directory, 'server.properties');
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await mkdir(directory, { recursive: true });
  await writeFile(properties, lines.join(''));
  await writeFile(join(directory, 'log4j2.properties'), LOGGING);
  return properties;
};

/** How a node of Kafka is started from its directory. */
export const launchOf = (node: {
  readonly run: Run;
  readonly installation: KafkaInstallation;
  readonly name: ServerName;
  readonly directory: string;
  readonly properties: string;
  readonly heap?: string;
  readonly extraOptions?: readonly string[];
  /** Comes first on the command line, e.g. to start it where its disk is. */
  readonly enter?: readonly [string, ...string[]];
}): Pick<NativeLayout, 'name' | 'logFile' | 'launch'> => {
  const { run, name, directory, properties, extraOptions = [], enter } = node;
  const { java, classPath, archive } = node.installation;
  const shared =
    archive === undefined ? [] : [`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
  const options = [...jvmOptions(directory, node.heap), ...shared, ...extraOptions];
  const logFile = join(directory, 'kafka.log');
  const command = [java, ...options, '-cp', classPath, BROKER, properties] as const;
  return {
    name,
    logFile,
    launch: () =>
      run.spawn({
        name,
        command: enter === undefined ? command : [...enter, ...command],
        env: process.env,
        cwd: directory,
        logFile,
      }),
  };
};
