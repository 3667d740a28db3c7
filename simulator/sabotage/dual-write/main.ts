import { Kafka, logLevel } from 'kafkajs';
import mysql from 'mysql2/promise';
import { runService, TOKENS } from '../../../src/container.ts';
import { DualWrite } from './dual-write.ts';

/* The API with a planted bug: unit of work and outbox are replaced, everything else is the real thing. */

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

const kafka = new Kafka({
  clientId: 'dual-write',
  brokers: setting('KAFKA_BROKERS').split(','),
  logLevel: logLevel.NOTHING,
  connectionTimeout: 1_000,
  requestTimeout: 1_000,
  retry: { retries: 0 },
});
const producer = kafka.producer({ allowAutoTopicCreation: false });
await producer.connect();
const pool = mysql.createPool({ uri: setting('MYSQL_URL'), timezone: 'Z', connectionLimit: 8 });
pool.on('connection', (connection) => connection.query("SET time_zone = '+00:00'"));
const dualWrite = new DualWrite(setting('ORDER_TOPIC'), producer, pool);

process.exit(
  await runService((container) => {
    const real = container.get(TOKENS.UnitOfWork);
    container.rebind(TOKENS.UnitOfWork).toConstantValue(dualWrite.unitOfWork(real));
    container.rebind(TOKENS.Outbox).toConstantValue(dualWrite.outbox);
  }),
);
