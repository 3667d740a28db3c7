import * as t from 'io-ts';
import { OUTBOX_MOVES } from '../../application/ports/outbox-status.ts';
import type { Lease } from '../../application/ports/relay-lease.ts';
import type {
  Acknowledgement,
  AfterFailure,
  FailedAttempt,
  OutboxRecord,
} from '../../application/ports/relay-outbox.ts';
import type { MySqlConnection, SqlValue } from './mysql-connection.ts';
import { isConnectionLost, isDeadlock, isLockWaitTimeout } from './mysql-errors.ts';
import type { TransactionConnection } from './mysql-unit-of-work.ts';
import { lockBlocks } from './outbox-blocks.ts';
import type { Block } from './outbox-blocks.ts';
import { OutboxStatusColumn } from './outbox-rows.ts';
import { WholeNumber, decodeRows } from './rows.ts';

/*
 * Writing side of the relay; each function is the body of one fenced transaction, or all of it, and may be run again.
 *
 * Locks are taken in the order lease, block, outbox rows, and never wait for a transaction that appends: the indexes
 * are forced, because on a small table the optimiser likes to scan it, and a scan that writes locks what it meets.
 */

const { acknowledge, retryLater, quarantine } = OUTBOX_MOVES;

const PUBLISHED = (rows: number): string =>
  `(VALUES ${'ROW(?, ?, ?, ?), '.repeat(rows - 1)}ROW(?, ?, ?, ?)) AS published (id, event_id, lane, kafka_offset)`;

/** After a skip the row is another event's. */
const SET_COMPLETED = `
SET o.status = '${acknowledge.to}', o.published_at = NOW(6), o.kafka_offset = published.kafka_offset, o.next_attempt_at = NULL,
  o.held_by = NULL
WHERE o.status = '${acknowledge.from}' AND o.kafka_partition = published.lane AND o.event_id = published.event_id`;

/** The list of offsets leads; each row is then found by its primary key. */
const COMPLETE = (rows: number): string => `
UPDATE ${PUBLISHED(rows)} STRAIGHT_JOIN outbox o FORCE INDEX (PRIMARY) ON o.id = published.id ${SET_COMPLETED}`;

/** The same, when all leases are still held, which are locked before any row: a new owner waits for the statement. */
const COMPLETE_FENCED = (leases: number, rows: number): string => `
UPDATE (SELECT COUNT(*) AS held FROM relay_leases FORCE INDEX (PRIMARY)
    WHERE (name, owner, epoch) IN (${'(?, ?, ?), '.repeat(leases - 1)}(?, ?, ?)) FOR SHARE) AS lease
  STRAIGHT_JOIN ${PUBLISHED(rows)} STRAIGHT_JOIN outbox o FORCE INDEX (PRIMARY)
    ON o.id = published.id AND lease.held = ${leases} ${SET_COMPLETED}`;

const COMPLETED_OF = `
SELECT id FROM outbox WHERE id IN (?) AND status = 'COMPLETED'`;

const NEXT_OF_ORDER = `
SELECT id, sequence, status, next_attempt_at IS NOT NULL AS attempted
FROM outbox WHERE order_id = ? AND sequence > ? AND status <> 'COMPLETED' ORDER BY sequence LIMIT ?`;

const RELEASE = `
UPDATE outbox FORCE INDEX (PRIMARY) SET held_by = NULL WHERE id IN (?) AND held_by IS NOT NULL`;

const MOVE_BLOCK = `
UPDATE outbox_blocks SET sequence = ?, outbox_id = ? WHERE order_id = ?`;

const DELETE_BLOCK = `
DELETE FROM outbox_blocks WHERE order_id = ?`;

const INSERT_BLOCK = `
INSERT INTO outbox_blocks (order_id, sequence, outbox_id, kafka_partition) VALUES (?, ?, ?, ?)`;

/** Counts an attempt only once: a repeated call finds another number of attempts. */
const RETRY_LATER = `
UPDATE outbox SET attempts = attempts + 1, last_error = ?, next_attempt_at = NOW(6) + INTERVAL ? MICROSECOND
WHERE id = ? AND event_id = ? AND status = '${retryLater.from}' AND attempts = ?`;

const QUARANTINE = `
UPDATE outbox SET attempts = attempts + 1, last_error = ?, status = '${quarantine.to}', next_attempt_at = NULL
WHERE id = ? AND event_id = ? AND status = '${quarantine.from}' AND attempts = ?`;

const INSERT_ATTEMPT = `
INSERT INTO outbox_attempts (event_id, attempt, error) VALUES (?, ?, ?)`;

const SUCCESSORS_TO_MARK = `
SELECT id FROM outbox
WHERE order_id = ? AND sequence > ? AND status = 'PENDING' AND (held_by IS NULL OR held_by <> ?) ORDER BY sequence LIMIT ?`;

const MARK_HELD = `
UPDATE outbox FORCE INDEX (PRIMARY) SET held_by = ? WHERE id IN (?) AND status = 'PENDING'`;

/** Rows that one transaction releases or marks, at most (but at least one for each order that waits). */
const CHUNK = 1_000;

const IdRow = t.strict({ id: WholeNumber });
const NextRow = t.strict({
  id: WholeNumber,
  sequence: WholeNumber,
  status: OutboxStatusColumn,
  attempted: t.union([t.literal(0), t.literal(1)]),
});

/** What one lane has to settle; not empty. */
export interface LaneAcknowledgement {
  readonly lease: Lease;
  readonly lane: number;
  readonly acknowledged: readonly Acknowledgement[];
}

const publishedValues = (lane: number, acknowledged: readonly Acknowledgement[]): SqlValue[] =>
  acknowledged.flatMap(({ record, offset }) => [record.id, record.eventId, lane, offset]);

/**
 * COMPLETED with their offsets, by one statement that is the whole transaction, whatever number of lanes they are from.
 * For records that no others wait for. False when that is not sure to be done to all of them (a lease is lost, a row was
 * settled before, somebody else had a row locked, the session ended): `acknowledgeRecords` then finds out.
 */
export const acknowledgeAtOnce = async (
  connection: MySqlConnection,
  lanes: readonly LaneAcknowledgement[],
): Promise<boolean> => {
  const leases = lanes.flatMap(({ lease: { name, owner, epoch } }) => [name, owner, epoch]);
  const published = lanes.flatMap(({ lane, acknowledged }) => publishedValues(lane, acknowledged));
  const rows = lanes.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  try {
    const { affectedRows } = await connection.write(COMPLETE_FENCED(lanes.length, rows), [...leases, ...published]);
    return affectedRows === rows;
  } catch (cause) {
    if (isDeadlock(cause) || isLockWaitTimeout(cause) || isConnectionLost(cause)) return false;
    throw cause;
  }
};

/** COMPLETED with their offsets; then the orders whose head is among them go on. */
export const acknowledgeRecords = async (
  connection: TransactionConnection,
  lane: number,
  acknowledged: readonly Acknowledgement[],
): Promise<void> => {
  const blocks = await lockBlocks(connection, new Set(acknowledged.map(({ record }) => record.orderKey)));
  await connection.write(COMPLETE(acknowledged.length), publishedValues(lane, acknowledged));
  if (blocks.length === 0) return;
  // Not every head in the batch was PENDING, and a repeated call finds the block moved on: ask the rows.
  const heads = decodeRows(IdRow, await connection.rows(COMPLETED_OF, [blocks.map(({ outbox_id }) => outbox_id)]));
  const completed = new Set(heads.map(({ id }) => id));
  const passed = blocks.filter(({ outbox_id }) => completed.has(outbox_id));
  const chunk = Math.max(1, Math.floor(CHUNK / Math.max(1, passed.length)));
  for (const block of passed) await releaseNext(connection, block, chunk);
};

/**
 * Releases the next rows of the order and moves the block to the last of them, or deletes it when none is left. It
 * never passes a row that was attempted or is quarantined: that one becomes the head. A row whose transaction has
 * not committed yet is not seen and needs no release: it is not held, and everything before it is sendable.
 */
const releaseNext = async (connection: TransactionConnection, block: Block, chunk: number): Promise<void> => {
  const next = decodeRows(NextRow, await connection.rows(NEXT_OF_ORDER, [block.order_id, block.sequence, chunk + 1]));
  const stop = next.findIndex(({ status, attempted }) => status !== 'PENDING' || attempted === 1);
  const released = next.slice(0, stop === -1 ? chunk : Math.min(chunk, stop + 1));
  const last = released.at(-1);
  if (released.length > 0) await connection.write(RELEASE, [released.map(({ id }) => id)]);
  const blockStays = last !== undefined && (released.length < next.length || released.length - 1 === stop);
  if (blockStays) await connection.write(MOVE_BLOCK, [last.sequence, last.id, block.order_id]);
  else await connection.write(DELETE_BLOCK, [block.order_id]);
};

/** Text as column `last_error` takes it. */
const errorText = (error: string): string => error.slice(0, 1_000).toWellFormed();

/** Spends one attempt of the record and blocks its order behind it. */
export const recordFailedAttempt = async (
  connection: TransactionConnection,
  { record, error }: FailedAttempt,
  then: AfterFailure,
): Promise<void> => {
  const [block] = await lockBlocks(connection, new Set([record.orderKey]));
  if (!(await spendAttempt(connection, record, errorText(error), then))) return;
  await connection.write(INSERT_ATTEMPT, [record.eventId, record.attempts + 1, errorText(error)]);
  if (block === undefined)
    await connection.write(INSERT_BLOCK, [record.orderKey, record.sequence, record.id, record.lane]);
  else if (block.sequence > record.sequence)
    await connection.write(MOVE_BLOCK, [record.sequence, record.id, record.orderKey]);
  else {
    if (block.sequence < record.sequence) await connection.write(MARK_HELD, [block.outbox_id, [record.id]]);
    return;
  }
  await markSuccessors(connection, record);
};

const spendAttempt = async (
  connection: TransactionConnection,
  { id, eventId, attempts }: OutboxRecord,
  error: string,
  then: AfterFailure,
): Promise<boolean> => {
  switch (then._tag) {
    case 'RetryAfter':
      return (
        (await connection.write(RETRY_LATER, [error, Math.round(then.delayMs * 1_000), id, eventId, attempts]))
          .affectedRows === 1
      );
    case 'Quarantine':
      return (await connection.write(QUARANTINE, [error, id, eventId, attempts])).affectedRows === 1;
  }
};

/** Shows what waits behind a new head. What a chunk leaves out is marked by the claims that meet it. */
const markSuccessors = async (connection: TransactionConnection, head: OutboxRecord): Promise<void> => {
  const rows = await connection.rows(SUCCESSORS_TO_MARK, [head.orderKey, head.sequence, head.id, CHUNK]);
  const successors = decodeRows(IdRow, rows);
  if (successors.length > 0) await connection.write(MARK_HELD, [head.id, successors.map(({ id }) => id)]);
};
