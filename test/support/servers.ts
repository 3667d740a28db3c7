import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import mysql from 'mysql2/promise';
import { eventually } from './eventually.ts';

/*
 * The real servers that `npm test` brought up. Every test file takes a database and a topic of its own, so that
 * files never see each other's rows.
 */

const setting = (name: 'MYSQL_URL' | 'KAFKA_BROKERS'): string => {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: run the tests through \`npm test\`, which brings up MySQL and Kafka`);
  return value;
};

export const kafkaBrokers = (): readonly string[] => setting('KAFKA_BROKERS').split(',');

export interface TestDatabase {
  /** `mysql://user:password@host:port/name`. */
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** An empty database with a random name. */
export const freshDatabase = async (prefix = 'test'): Promise<TestDatabase> => {
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  const server = new URL(setting('MYSQL_URL'));
  server.pathname = '/';
  const execute = async (sql: string): Promise<void> => {
    const connection = await mysql.createConnection(server.toString());
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
  };
  await execute(`CREATE DATABASE \`${name}\``);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.toString(), name, drop: () => execute(`DROP DATABASE IF EXISTS \`${name}\``) };
};

export interface TestTopic {
  readonly name: string;
  drop(): Promise<void>;
}

/** A topic with a random name and the settings of the contract (LogAppendTime, cleanup by delete). */
export const freshTopic = async (
  options: { readonly partitions?: number; readonly config?: Readonly<Record<string, string>> } = {},
): Promise<TestTopic> => {
  const name = `test.${randomBytes(6).toString('hex')}.v1`;
  const kafka = new Kafka({ clientId: 'test-admin', brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING });
  const withAdmin = async (act: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>): Promise<void> => {
    const admin = kafka.admin();
    await admin.connect();
    try {
      await act(admin);
    } finally {
      await admin.disconnect();
    }
  };
  const config = { 'message.timestamp.type': 'LogAppendTime', 'cleanup.policy': 'delete', ...options.config };
  await withAdmin(async (admin) => {
    await admin.createTopics({
      // kafkajs gives up waiting when the broker does not know the topic yet.
      waitForLeaders: false,
      topics: [
        {
          topic: name,
          numPartitions: options.partitions ?? 6,
          configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
        },
      ],
    });
    // Offsets are told by the leader of each partition, so then all of them lead.
    await eventually(() => admin.fetchTopicOffsets(name));
  });
  return { name, drop: () => withAdmin((admin) => admin.deleteTopics({ topics: [name] })) };
};
