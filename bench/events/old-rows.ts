import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';
import { EVENTS_PER_ORDER, ORDERS_AT_ONCE, benchEvent } from './bench-event.ts';
import { fillOutbox } from './fill-outbox.ts';
import { INSERT_ROWS, outboxRow } from './outbox-row.ts';

/*
 * What lies in an outbox besides its backlog. It is written without the binary log, most of it by MySQL itself from rows
 * that are there. The numbers of these events are beyond those of any backlog.
 */

const FROM = 100_000_000;
const SEEDS = 10_000;
/** Three hexadecimal digits of an ID tell the copies apart; those below are the seeds' own. */
const FIRST_COPY = 0x100;
export const MOST_COMPLETED = (0xfff - FIRST_COPY) * SEEDS;

const COPY = `
INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, status, created_at, published_at, kafka_partition, kafka_offset)
SELECT INSERT(event_id, 16, 3, ?), INSERT(order_id, 16, 3, ?), sequence, type, version, occurred_at, payload, headers, status, created_at, published_at, kafka_partition, id
FROM outbox WHERE id >= ? ORDER BY id LIMIT ?`;

const HOLD_ONE_MORE = `
INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, held_by, kafka_partition)
SELECT INSERT(event_id, 16, 3, ?), order_id, ?, type, version, occurred_at, payload, headers, id, kafka_partition
FROM outbox WHERE status = 'QUARANTINED' ORDER BY id`;

interface FirstId extends RowDataPacket {
  readonly id: number | null;
}

const unlogged = async (mysqlUrl: string, act: (connection: mysql.Connection) => Promise<void>): Promise<void> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl });
  try {
    await connection.query('SET SESSION sql_log_bin = 0');
    await act(connection);
    await connection.query('ANALYZE TABLE outbox, outbox_blocks');
  } finally {
    await connection.end();
  }
};

const hex = (n: number): string => n.toString(16).padStart(3, '0');

/** Makes an empty outbox one that has published `rows` events two days ago and kept them. */
export const addCompleted = async (mysqlUrl: string, rows: number): Promise<void> => {
  await fillOutbox(mysqlUrl, Math.min(SEEDS, rows), FROM);
  await unlogged(mysqlUrl, async (connection) => {
    await connection.query(
      "UPDATE outbox SET status = 'COMPLETED', created_at = NOW(6) - INTERVAL 2 DAY, published_at = created_at, kafka_offset = id",
    );
    const [[first]] = await connection.query<FirstId[]>('SELECT MIN(id) AS id FROM outbox');
    for (let done = SEEDS, copy = FIRST_COPY; done < rows; done += SEEDS, copy += 1)
      await connection.query(COPY, [hex(copy), hex(copy), first?.id, Math.min(SEEDS, rows - done)]);
  });
};

/** Makes an empty outbox one with `orders` whose first event is quarantined, each holding `successors` later ones. */
export const addQuarantined = (mysqlUrl: string, orders: number, successors: number): Promise<void> =>
  unlogged(mysqlUrl, async (connection) => {
    const heads = Array.from({ length: orders }, (_, order) => {
      const block = Math.floor(order / ORDERS_AT_ONCE) * ORDERS_AT_ONCE * EVENTS_PER_ORDER;
      return outboxRow(benchEvent(FROM + block + (order % ORDERS_AT_ONCE)));
    });
    await connection.query(INSERT_ROWS, [heads]);
    await connection.query(
      "UPDATE outbox SET status = 'QUARANTINED', attempts = 7, last_error = 'the record is too large'",
    );
    await connection.query(
      'INSERT INTO outbox_blocks (order_id, sequence, outbox_id, kafka_partition) SELECT order_id, sequence, id, kafka_partition FROM outbox',
    );
    for (let next = 1; next <= successors; next += 1)
      await connection.query(HOLD_ONE_MORE, [hex(FIRST_COPY + next), 1 + next]);
  });
