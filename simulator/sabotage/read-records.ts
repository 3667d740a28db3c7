import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { Pool, PoolConnection } from 'mysql2/promise';
import type { Claimed, OutboxRecord } from '../../src/application/ports/relay-outbox.ts';
import { storageUnavailable } from '../../src/application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../src/application/ports/storage-error.ts';

/** What a claim of its own selects from `outbox`. */
export const RECORD_COLUMNS =
  'id, event_id, order_id, sequence, type, version, occurred_at, payload, headers, kafka_partition, attempts';

/** Rows that are not held behind an earlier one and not waiting for a retry. */
export const SENDABLE =
  "status = 'PENDING' AND held_by IS NULL AND (next_attempt_at IS NULL OR next_attempt_at <= NOW(6))";

const Row = t.type({
  id: t.number,
  event_id: t.string,
  order_id: t.string,
  sequence: t.number,
  type: t.string,
  version: t.number,
  occurred_at: t.string,
  payload: t.string,
  headers: t.string,
  kafka_partition: t.number,
  attempts: t.number,
});
const Headers = t.record(t.string, t.string);

const decoded = <A>(codec: t.Decoder<unknown, A>, input: unknown): A => {
  const value = codec.decode(input);
  if (E.isLeft(value)) throw new Error('a row of the outbox has another shape than expected');
  return value.right;
};

const recordOf = (row: t.TypeOf<typeof Row>): OutboxRecord => ({
  id: row.id,
  eventId: row.event_id,
  orderKey: row.order_id,
  sequence: row.sequence,
  type: row.type,
  version: row.version,
  occurredAt: `${row.occurred_at.replace(' ', 'T').replace(/000$/, '')}Z`,
  payload: row.payload,
  headers: decoded(Headers, JSON.parse(row.headers)),
  lane: row.kafka_partition,
  attempts: row.attempts,
  blocking: false,
});

type Database = Pick<Pool | PoolConnection, 'query'>;

export const readRows = async <A>(
  database: Database,
  row: t.Type<A, unknown>,
  sql: string,
  values: readonly (number | string)[],
): Promise<readonly A[]> => {
  const [rows] = await database.query(sql, [...values]);
  return decoded(t.array(row), rows);
};

/** Rows of `outbox` as `sql`, which selects `RECORD_COLUMNS`, finds them. */
export const readRecords = async (
  database: Database,
  sql: string,
  values: readonly (number | string)[],
): Promise<readonly OutboxRecord[]> => (await readRows(database, Row, sql, values)).map(recordOf);

/** What was found with this limit, without the rows that are left out. */
export const claimedOf = (
  found: readonly OutboxRecord[],
  limit: number,
  except: ReadonlySet<number> = new Set(),
): Claimed => ({ records: found.filter(({ id }) => !except.has(id)), more: found.length === limit });

export const orUnavailable = <A>(action: string, act: () => Promise<A>): TaskEither<StorageUnavailable, A> =>
  TE.tryCatch(act, (cause) => storageUnavailable(action, cause));
