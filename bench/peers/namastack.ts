import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import { mavenProject } from '../../tools/environment/maven-project.ts';
import type { Environment } from '../../tools/environment/environment.ts';
import type { BenchSystem } from '../systems/system.ts';
import { startJava, type JavaProcess } from './java-process.ts';

const START_MS = 120_000;
const EVERY_MS = 100;

/** Its own table, filled in the transaction that fills ours, with what the application itself would write. */
const FEED = `
CREATE TRIGGER namastack_feed AFTER INSERT ON outbox FOR EACH ROW
INSERT INTO outbox_record (id, status, record_key, record_type, payload, created_at, failure_count, next_retry_at, partition_no, handler_id)
VALUES (
  NEW.event_id, 'NEW', NEW.order_id, ?,
  JSON_OBJECT(
    'eventId', NEW.event_id, 'orderId', NEW.order_id, 'sequence', NEW.sequence, 'type', NEW.type, 'version', NEW.version,
    'occurredAt', CONCAT(REPLACE(LEFT(CAST(NEW.occurred_at AS CHAR(26)), 23), ' ', 'T'), 'Z'),
    'payload', NEW.payload, 'headers', CAST(NEW.headers AS JSON)
  ),
  NOW(), 0, NOW(), CRC32(NEW.order_id) MOD 256, ?
)`;

interface Probe extends RowDataPacket {
  readonly record_type: string;
  readonly handler_id: string;
}

interface Assigned extends RowDataPacket {
  readonly partitions: number;
}

/** Of throughput and delay. */
const TUNED: Readonly<Record<string, string>> = {
  NAMASTACK_OUTBOX_POLLING_FIXED_INTERVAL: '10ms',
  NAMASTACK_OUTBOX_POLLING_BATCHSIZE: '500',
  NAMASTACK_OUTBOX_PROCESSING_EXECUTORCOREPOOLSIZE: '16',
  NAMASTACK_OUTBOX_PROCESSING_EXECUTORMAXPOOLSIZE: '16',
};

const launch = async (
  environment: Environment,
  logDirectory: string,
  progress: (line: string) => void,
  args: readonly string[],
): Promise<JavaProcess> => {
  const { java, classPath } = await mavenProject(join(import.meta.dirname, 'namastack'), progress);
  const { host, username, password, pathname } = new URL(environment.mysqlUrl);
  return startJava({
    java,
    classPath,
    options: ['-Xmx512m', '-XX:+UseParallelGC'],
    main: 'orderly.peers.NamastackPeer',
    args,
    env: {
      SPRING_DATASOURCE_URL: `jdbc:mysql://${host}${pathname}?rewriteBatchedStatements=true`,
      SPRING_DATASOURCE_USERNAME: decodeURIComponent(username),
      SPRING_DATASOURCE_PASSWORD: decodeURIComponent(password),
      SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE: '20',
      LOGGING_LEVEL_ROOT: 'warn',
      KAFKA_BROKERS: environment.kafkaBrokers,
      ORDER_TOPIC: environment.topic,
      ...TUNED,
    },
    name: 'namastack',
    logDirectory,
  });
};

const untilAssigned = async (connection: mysql.Connection): Promise<void> => {
  const giveUpAt = performance.now() + START_MS;
  for (;;) {
    const [[row]] = await connection.query<Assigned[]>('SELECT COUNT(instance_id) AS partitions FROM outbox_partition');
    if ((row?.partitions ?? 0) > 0) return;
    if (performance.now() > giveUpAt) throw new Error(`Namastack has no partition within ${START_MS / 1_000} s`);
    await sleep(EVERY_MS);
  }
};

/** Lets the application write one event, and what it wrote be written for each of ours. */
const feed = async (connection: mysql.Connection): Promise<void> => {
  const [[probe]] = await connection.query<Probe[]>('SELECT record_type, handler_id FROM outbox_record');
  if (probe === undefined) throw new Error('Namastack wrote no event; see namastack.log');
  for (const table of ['outbox_record', 'outbox_instance', 'outbox_partition'])
    await connection.query(`DELETE FROM ${table}`);
  await connection.query(FEED, [probe.record_type, probe.handler_id]);
};

/** In a Spring application. Its own defaults, ten keys every two seconds, are not measured: that is some fifty events/s. */
export const namastack: BenchSystem = {
  name: 'namastack',
  describe: 'Namastack Outbox in a Spring application: a look every 10 ms, 500 keys a look, 16 threads',
  atMost: 10_000,
  start: () => Promise.reject(new Error('Namastack must be prepared on an empty outbox')),
  prepare: async (environment, logDirectory, progress) => {
    const probe = await launch(environment, logDirectory, progress, ['probe']);
    await probe.ended;
    const connection = await mysql.createConnection({ uri: environment.mysqlUrl });
    try {
      await feed(connection);
    } finally {
      await connection.end();
    }
    return {
      start: async () => {
        const application = await launch(environment, logDirectory, progress, []);
        const watching = await mysql.createConnection({ uri: environment.mysqlUrl });
        try {
          await Promise.race([untilAssigned(watching), application.failed]);
        } catch (cause) {
          await application.stop();
          throw cause;
        } finally {
          await watching.end();
        }
        return { processes: new Map([['namastack', application.pid]]), stop: () => application.stop() };
      },
    };
  },
};
