import { Kafka, logLevel } from 'kafkajs';
import type { Producer } from 'kafkajs';
import mysql from 'mysql2/promise';
import type { Pool } from 'mysql2/promise';

/* A bug reaches around the service's adapters by connections of its own, with the settings the service has. */

/** A setting of this process. Throws when it is missing. */
export const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

/** Transactions at READ COMMITTED; times are read as text. */
export const openPool = (uri: string): Pool => {
  const pool = mysql.createPool({ uri, timezone: 'Z', dateStrings: true, connectionLimit: 8 });
  pool.on('connection', (connection) => {
    void connection.query("SET time_zone = '+00:00', transaction_isolation = 'READ-COMMITTED'");
  });
  return pool;
};

export const connectProducer = async (clientId: string, brokers: string): Promise<Producer> => {
  const kafka = new Kafka({
    clientId,
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 1_000,
    retry: { retries: 0 },
  });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return producer;
};
