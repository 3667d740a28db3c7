import type { Lease } from '../../application/ports/relay-lease.ts';
import type { ClaimLimit, Claimed, OutboxRecord } from '../../application/ports/relay-outbox.ts';
import type { MySqlConnection } from './mysql-connection.ts';
import type { TransactionConnection } from './mysql-unit-of-work.ts';
import { lockBlocks } from './outbox-blocks.ts';
import { headersIn, numberIn, rowOf, textIn, timeIn } from './row-columns.ts';
import type { Row } from './row-columns.ts';

/*
 * Reading side of the relay. Nothing here locks a row of `outbox` but the marking of held ones, which no other
 * transaction than the relay's own writes. No cursor is kept: an id that becomes visible late is still found.
 */

const SENDABLE = `
  SELECT o.id, o.event_id, o.order_id, o.sequence, o.type, o.version, o.occurred_at, o.headers, o.attempts,
    o.payload_bytes, IF(o.payload_bytes > ?, NULL, o.payload) AS payload, b.sequence AS blocked_from
  FROM relay_leases lease STRAIGHT_JOIN outbox o FORCE INDEX (outbox_claim)
    LEFT JOIN outbox_blocks b FORCE INDEX (PRIMARY) ON b.order_id = o.order_id
  WHERE lease.name = ? AND lease.owner = ? AND lease.epoch = ?
    AND o.kafka_partition = ? AND o.status = 'PENDING' AND o.held_by IS NULL`;

/**
 * Lease, rows, blocks and payloads as of one moment. Both halves are ranges of index `outbox_claim`, read in its order up
 * to their limits. The indexes are forced: with few blocks MySQL likes to join by a hash, which loses the order, so that
 * each claim reads and sorts the whole backlog. `o.id + 0` keeps it from making a range of each gap between the rows that
 * are left out.
 */
const CLAIM = `
(${SENDABLE} AND o.next_attempt_at IS NULL AND o.id + 0 NOT IN (?) ORDER BY o.id LIMIT ?)
UNION ALL
(${SENDABLE} AND o.next_attempt_at <= NOW(6) ORDER BY o.next_attempt_at, o.id LIMIT ?)`;

/**
 * The fresh half alone, for several lanes at once and for little more than one costs. `want` leads; each lane's rows are
 * read up to their limit and no further, for which the order names every column of the index. A lane whose lease holds
 * has a row in the answer, if only an empty one.
 */
const CLAIM_FRESH = (lanes: number): string => `
SELECT want.lane, o.*, b.sequence AS blocked_from
FROM (VALUES ${'ROW(?, ?, ?, ?), '.repeat(lanes - 1)}ROW(?, ?, ?, ?)) AS want (lane, name, owner, epoch)
  STRAIGHT_JOIN relay_leases lease FORCE INDEX (PRIMARY)
    ON lease.name = want.name AND lease.owner = want.owner AND lease.epoch = want.epoch
  LEFT JOIN LATERAL (
    SELECT id, event_id, order_id, sequence, type, version, occurred_at, headers, attempts, payload_bytes,
      IF(payload_bytes > ?, NULL, payload) AS payload
    FROM outbox FORCE INDEX (outbox_claim)
    WHERE kafka_partition = want.lane AND status = 'PENDING' AND held_by IS NULL AND next_attempt_at IS NULL
      AND id + 0 NOT IN (?)
    ORDER BY kafka_partition, status, held_by, next_attempt_at, id LIMIT ?
  ) o ON TRUE
  LEFT JOIN outbox_blocks b FORCE INDEX (PRIMARY) ON b.order_id = o.order_id`;

const CHECK_EPOCH = `
SELECT epoch FROM relay_leases WHERE name = ? AND owner = ? AND epoch = ?`;

const PAYLOADS = `
SELECT id, payload FROM outbox WHERE id IN (?)`;

const MARK_HELD = `
UPDATE outbox o FORCE INDEX (PRIMARY) STRAIGHT_JOIN outbox_blocks b FORCE INDEX (PRIMARY) ON b.order_id = o.order_id
SET o.held_by = b.outbox_id
WHERE o.id IN (?) AND o.status = 'PENDING' AND o.held_by IS NULL AND o.sequence > b.sequence`;

/** A row whose order has a block at a lower sequence, not marked as held yet. */
export interface RowBehind {
  readonly id: number;
  readonly orderKey: string;
}

export interface Claim extends Claimed {
  readonly behind: readonly RowBehind[];
}
const NOTHING: Claim = { records: [], more: false, behind: [] };

/** One claim of those that share a statement; no two are of the same lane. */
export interface LaneClaim {
  readonly lease: Lease;
  readonly lane: number;
  readonly limit: ClaimLimit;
}

/** Retries take at most a quarter of a claim, so that many poisoned orders cannot keep the others waiting. */
const retryShare = (records: number): number => Math.ceil(records / 4);

/** No row has this ID; a list must not be empty. */
const NO_ROW = 0;
const NONE: ReadonlySet<number> = new Set();

/** A claim reads payloads of at most so many times its limit of bytes, most of the time just what it takes. */
const READ_AT_MOST = 4;

/** Sendable, but that its payload may not have been read yet. */
interface Candidate {
  readonly row: Row;
  readonly id: number;
  readonly payload: string | undefined;
}

/**
 * Sendable records within the limit: the longest beginning of what is unheld and due, by id, since leaving one out would
 * let its successor pass it. And rows that were met behind a block. Undefined when `lease` does not hold any more.
 */
export const readClaim = async (
  connection: MySqlConnection,
  { lease, lane, limit }: LaneClaim,
): Promise<Claim | undefined> => {
  const { records: most, except = NONE } = limit;
  const held = [lease.name, lease.owner, lease.epoch];
  const sendable = [largestRead(limit), ...held, lane];
  const found = await connection.rows(CLAIM, [...sendable, listOf(except), most, ...sendable, retryShare(most)]);
  if (found.length === 0) return (await connection.rows(CHECK_EPOCH, held)).length === 0 ? undefined : NOTHING;
  // Retries that are left out are so few that the statement does not ask for them.
  const rows = found.map(rowOf);
  const retries = rows.filter(wasAttempted).length;
  const more = rows.length - retries >= most || retries >= retryShare(most);
  return claimOf(
    connection,
    lane,
    limit,
    rows.filter((row) => !except.has(numberIn(row, 'id'))),
    more,
  );
};

/** As `readClaim`, of records that were never attempted, for all of `claims` as of one moment. */
export const readFreshClaims = async (
  connection: MySqlConnection,
  claims: readonly LaneClaim[],
): Promise<ReadonlyMap<number, Claim>> => {
  const except = new Set(claims.flatMap(({ limit }) => [...(limit.except ?? NONE)]));
  const most = Math.max(...claims.map(({ limit }) => limit.records));
  const wanted = claims.flatMap(({ lane, lease }) => [lane, lease.name, lease.owner, lease.epoch]);
  const largest = Math.max(...claims.map(({ limit }) => largestRead(limit)));
  const values = [...wanted, largest, listOf(except), most];
  const rows = (await connection.rows(CLAIM_FRESH(claims.length), values)).map(rowOf);
  const found = new Map<number, Claim>();
  for (const { lane, limit } of claims) {
    const ofLane = rows.filter((row) => numberIn(row, 'lane') === lane);
    if (ofLane.length === 0) continue;
    const those = ofLane.filter((row) => row['id'] !== null);
    found.set(lane, await claimOf(connection, lane, limit, those, those.length >= limit.records));
  }
  return found;
};

const largestRead = ({ bytes, records }: ClaimLimit): number => Math.ceil((bytes * READ_AT_MOST) / records);
const listOf = (ids: ReadonlySet<number>): readonly number[] => (ids.size === 0 ? [NO_ROW] : [...ids]);
const wasAttempted = (row: Row): boolean => numberIn(row, 'attempts') > 0;

/** What is taken of the rows that were found; `more` when the statement's own limits may have kept some out. */
const claimOf = async (
  connection: MySqlConnection,
  lane: number,
  { records: most, bytes }: ClaimLimit,
  rows: readonly Row[],
  more: boolean,
): Promise<Claim> => {
  const sendable = rows.filter((row) => !isBehindBlock(row)).map(candidateOf);
  const taken = withinLimit(sendable, most, bytes);
  return {
    records: await recordsOf(connection, lane, taken),
    more: more || taken.length < sendable.length,
    behind: rows.filter(isBehindBlock).map((row) => ({ id: numberIn(row, 'id'), orderKey: textIn(row, 'order_id') })),
  };
};

/** Sequence of the order's block; later ones are held. */
const blockedFrom = (row: Row): number => (row['blocked_from'] === null ? Infinity : numberIn(row, 'blocked_from'));
const isBehindBlock = (row: Row): boolean => numberIn(row, 'sequence') > blockedFrom(row);

const candidateOf = (row: Row): Candidate => ({
  row,
  id: numberIn(row, 'id'),
  payload: row['payload'] === null ? undefined : textIn(row, 'payload'),
});

const withinLimit = (candidates: readonly Candidate[], most: number, bytes: number): readonly Candidate[] => {
  const taken: Candidate[] = [];
  let sum = 0;
  for (const candidate of candidates.toSorted((a, b) => a.id - b.id)) {
    sum += numberIn(candidate.row, 'payload_bytes');
    if (taken.length === most || (taken.length > 0 && sum > bytes)) break;
    taken.push(candidate);
  }
  return taken;
};

const recordsOf = async (
  connection: MySqlConnection,
  lane: number,
  candidates: readonly Candidate[],
): Promise<readonly OutboxRecord[]> => {
  const large = await readPayloads(
    connection,
    candidates.filter(({ payload }) => payload === undefined).map(({ id }) => id),
  );
  return candidates.map(({ row, id, payload }) => ({
    id,
    eventId: textIn(row, 'event_id'),
    orderKey: textIn(row, 'order_id'),
    sequence: numberIn(row, 'sequence'),
    type: textIn(row, 'type'),
    version: numberIn(row, 'version'),
    occurredAt: timeIn(row, 'occurred_at'),
    payload: payload ?? textIn(large.get(id) ?? {}, 'payload'),
    headers: headersIn(row, 'headers'),
    lane,
    attempts: numberIn(row, 'attempts'),
    blocking: numberIn(row, 'sequence') === blockedFrom(row),
  }));
};

/** Of rows that are sendable, which nobody but this lane's relay changes. */
const readPayloads = async (connection: MySqlConnection, ids: readonly number[]): Promise<ReadonlyMap<number, Row>> => {
  if (ids.length === 0) return new Map();
  const rows = (await connection.rows(PAYLOADS, [ids])).map(rowOf);
  return new Map(rows.map((row) => [numberIn(row, 'id'), row]));
};

/**
 * Marks `behind` as held, unless their block went away since they were read. The block is locked first, so that a
 * release cannot pass between the look and the mark and leave a row held by nothing.
 */
export const markHeld = async (connection: TransactionConnection, behind: readonly RowBehind[]): Promise<void> => {
  await lockBlocks(connection, new Set(behind.map(({ orderKey }) => orderKey)));
  await connection.write(MARK_HELD, [behind.map(({ id }) => id)]);
};
