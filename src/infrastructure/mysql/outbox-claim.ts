import * as t from 'io-ts';
import type { ClaimLimit, OutboxRecord } from '../../application/ports/relay-outbox.ts';
import type { MySqlConnection } from './mysql-connection.ts';
import type { TransactionConnection } from './mysql-unit-of-work.ts';
import { lockBlocks } from './outbox-blocks.ts';
import { TimeShort, WholeNumber, decodeRows } from './rows.ts';
import { HeadersColumn } from './outbox-rows.ts';

/*
 * Reading side of the relay. Nothing here locks a row of `outbox` but the marking of held ones, which no other
 * transaction than the relay's own writes. No cursor is kept: an id that becomes visible late is still found.
 */

const CANDIDATE_COLUMNS = `o.id, o.order_id, o.sequence, o.payload_bytes, b.sequence AS blocked_from
  FROM outbox o FORCE INDEX (outbox_claim) LEFT JOIN outbox_blocks b FORCE INDEX (PRIMARY) ON b.order_id = o.order_id
  WHERE o.kafka_partition = ? AND o.status = 'PENDING' AND o.held_by IS NULL`;

/**
 * Both halves are ranges of index `outbox_claim`, read in its order up to their limits. The indexes are forced: with few
 * blocks MySQL likes to join by a hash, which loses the order, so that each claim reads and sorts the whole backlog.
 */
const SELECT_CANDIDATES = `
(SELECT ${CANDIDATE_COLUMNS} AND o.next_attempt_at IS NULL ORDER BY o.id LIMIT ?)
UNION ALL
(SELECT ${CANDIDATE_COLUMNS} AND o.next_attempt_at <= NOW(6) ORDER BY o.next_attempt_at, o.id LIMIT ?)`;

const SELECT_RECORDS = `
SELECT id, event_id, order_id, sequence, type, version, occurred_at, payload, headers, kafka_partition, attempts
FROM outbox WHERE id IN (?) ORDER BY id`;

const MARK_HELD = `
UPDATE outbox o FORCE INDEX (PRIMARY) STRAIGHT_JOIN outbox_blocks b FORCE INDEX (PRIMARY) ON b.order_id = o.order_id
SET o.held_by = b.outbox_id
WHERE o.id IN (?) AND o.status = 'PENDING' AND o.held_by IS NULL AND o.sequence > b.sequence`;

const Candidate = t.strict({
  id: WholeNumber,
  order_id: t.string,
  sequence: WholeNumber,
  payload_bytes: WholeNumber,
  /** Sequence of the order's block; later ones are held. */
  blocked_from: t.union([WholeNumber, t.null]),
});
export type Candidate = t.TypeOf<typeof Candidate>;

const RecordRow = t.strict({
  id: WholeNumber,
  event_id: t.string,
  order_id: t.string,
  sequence: WholeNumber,
  type: t.string,
  version: WholeNumber,
  occurred_at: TimeShort,
  payload: t.string,
  headers: HeadersColumn,
  kafka_partition: WholeNumber,
  attempts: WholeNumber,
});

/** Retries take at most a quarter of a claim, so that many poisoned orders cannot keep the others waiting. */
const retryShare = (records: number): number => Math.ceil(records / 4);

/** Unheld rows that are due, by id, those behind a block included. */
export const readCandidates = async (
  connection: MySqlConnection,
  lane: number,
  limit: ClaimLimit,
): Promise<readonly Candidate[]> => {
  const rows = await connection.rows(SELECT_CANDIDATES, [lane, limit.records, lane, retryShare(limit.records)]);
  return [...decodeRows(Candidate, rows)].sort((a, b) => a.id - b.id);
};

export const isBehindBlock = ({ sequence, blocked_from }: Candidate): boolean =>
  blocked_from !== null && sequence > blocked_from;

/** The longest beginning of `candidates` that keeps the limit: leaving one out would let its successor pass it. */
export const withinLimit = (candidates: readonly Candidate[], limit: ClaimLimit): readonly Candidate[] => {
  const taken: Candidate[] = [];
  let bytes = 0;
  for (const candidate of candidates) {
    bytes += candidate.payload_bytes;
    if (taken.length === limit.records || (taken.length > 0 && bytes > limit.bytes)) break;
    taken.push(candidate);
  }
  return taken;
};

export const loadRecords = async (
  connection: MySqlConnection,
  candidates: readonly Candidate[],
): Promise<readonly OutboxRecord[]> => {
  if (candidates.length === 0) return [];
  const blocking = new Set(candidates.filter((row) => row.sequence === row.blocked_from).map(({ id }) => id));
  const rows = decodeRows(RecordRow, await connection.rows(SELECT_RECORDS, [candidates.map(({ id }) => id)]));
  return rows.map((row) => ({
    id: row.id,
    eventId: row.event_id,
    orderKey: row.order_id,
    sequence: row.sequence,
    type: row.type,
    version: row.version,
    occurredAt: row.occurred_at,
    payload: row.payload,
    headers: row.headers,
    lane: row.kafka_partition,
    attempts: row.attempts,
    blocking: blocking.has(row.id),
  }));
};

/**
 * Marks `behind` as held, unless their block went away since they were read. The block is locked first, so that a
 * release cannot pass between the look and the mark and leave a row held by nothing.
 */
export const markHeld = async (connection: TransactionConnection, behind: readonly Candidate[]): Promise<void> => {
  await lockBlocks(connection, new Set(behind.map(({ order_id }) => order_id)));
  await connection.write(MARK_HELD, [behind.map(({ id }) => id)]);
};
