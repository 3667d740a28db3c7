import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import { encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';
import { say, setting, untilStopped } from './parent.ts';

/*
 * The yardstick: what one writes in an hour. 500 rows a batch, a look every 10 ms, one request for all partitions. It
 * sends the same bytes as ours; it has no retries, no leases, no quarantine and no promises.
 */

const BATCH = 500;
const POLL_MS = 10;

interface Row extends RowDataPacket {
  readonly id: number;
  readonly event_id: string;
  readonly order_id: string;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly occurred_at: Date;
  readonly payload: string;
  readonly headers: string;
}

const NEXT = `
SELECT id, event_id, order_id, sequence, type, version, occurred_at, payload, headers
FROM outbox WHERE status = 'PENDING' ORDER BY id LIMIT ${BATCH}`;

const record = (row: Row): ReturnType<typeof encodeEnvelope> =>
  encodeEnvelope({
    eventId: row.event_id,
    orderId: row.order_id,
    sequence: row.sequence,
    type: row.type,
    version: row.version,
    occurredAt: row.occurred_at.toISOString(),
    payload: row.payload,
    headers: JSON.parse(row.headers) as Record<string, string>,
  });

const connection = await mysql.createConnection({ uri: setting('MYSQL_URL'), timezone: 'Z' });
// A naive table has an index for its naive question.
await connection.query('CREATE INDEX naive_pending ON outbox (status, id)');
const producer = new Kafka({
  brokers: setting('KAFKA_BROKERS').split(','),
  clientId: 'naive-relay',
  logLevel: logLevel.ERROR,
}).producer({ allowAutoTopicCreation: false });
await producer.connect();
const topic = setting('ORDER_TOPIC');

const stopping = new AbortController();
void untilStopped().then(() => stopping.abort());
say('ready');
while (!stopping.signal.aborted) {
  const [rows] = await connection.query<Row[]>(NEXT);
  if (rows.length === 0) {
    await sleep(POLL_MS);
    continue;
  }
  await producer.send({ topic, acks: -1, messages: rows.map(record) });
  await connection.query("UPDATE outbox SET status = 'COMPLETED', published_at = NOW(6) WHERE id IN (?)", [
    rows.map(({ id }) => id),
  ]);
}
await producer.disconnect();
await connection.end();
process.disconnect();
