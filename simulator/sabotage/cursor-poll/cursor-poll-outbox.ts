import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { Pool } from 'mysql2/promise';
import type { RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';
import { claimedOf, orUnavailable, readRecords, readRows, RECORD_COLUMNS, SENDABLE } from '../read-records.ts';

const AFTER_CURSOR = `
SELECT ${RECORD_COLUMNS} FROM outbox WHERE kafka_partition = ? AND id > ? AND ${SENDABLE} ORDER BY id LIMIT ?`;

const LAST_OF_LANES = `
SELECT kafka_partition AS lane, MAX(id) AS last FROM outbox WHERE ${SENDABLE} GROUP BY kafka_partition`;

const LAST_PUBLISHED = `
SELECT MAX(id) AS last FROM outbox WHERE kafka_partition = ? AND status = 'COMPLETED'`;

const LaneEnd = t.type({ lane: t.number, last: t.number });
const Last = t.type({ last: t.union([t.number, t.null]) });

/**
 * PLANTED BUG. Polls `id > last_seen`. IDs are given out when a row is inserted and seen when it commits, so a row
 * whose transaction takes a little longer than that of a later one is behind the cursor when it appears, and is
 * never published.
 */
export const cursorPollOutbox = (real: RelayOutbox, pool: Pool): RelayOutbox => {
  /** Highest ID that was published, by lane; a new process starts where the table says that the last one ended. */
  const cursors = new Map<number, number>();
  const cursorOf = async (lane: number): Promise<number> => {
    const cursor = cursors.get(lane) ?? (await readRows(pool, Last, LAST_PUBLISHED, [lane]))[0]?.last ?? 0;
    cursors.set(lane, cursor);
    return cursor;
  };
  return {
    lanesWithWork: () =>
      orUnavailable('find lanes with work', async () => {
        const lanes = await readRows(pool, LaneEnd, LAST_OF_LANES, []);
        return lanes.filter(({ lane, last }) => last > (cursors.get(lane) ?? 0)).map(({ lane }) => lane);
      }),
    claim: (_lease, lane, { records, except }) =>
      orUnavailable('claim events', async () => {
        const found = await readRecords(pool, AFTER_CURSOR, [lane, await cursorOf(lane), records]);
        return claimedOf(found, records, except);
      }),
    acknowledge: (lease, lane, acknowledged) =>
      pipe(
        real.acknowledge(lease, lane, acknowledged),
        TE.tapIO(() => () => {
          cursors.set(lane, Math.max(cursors.get(lane) ?? 0, ...acknowledged.map(({ record }) => record.id)));
        }),
      ),
    recordFailure: (lease, failure, then) => real.recordFailure(lease, failure, then),
  };
};
