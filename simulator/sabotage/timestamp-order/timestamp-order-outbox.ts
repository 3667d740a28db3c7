import type { Pool } from 'mysql2/promise';
import type { RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';
import { claimedOf, orUnavailable, readRecords, RECORD_COLUMNS, SENDABLE } from '../read-records.ts';

/** The last part of an event ID is random. */
const BY_TIMESTAMP = `
SELECT ${RECORD_COLUMNS} FROM outbox WHERE kafka_partition = ? AND ${SENDABLE}
ORDER BY DATE_FORMAT(created_at, '%Y-%m-%d %H:%i:%s'), RIGHT(event_id, 12) LIMIT ?`;

/**
 * PLANTED BUG. Sends rows in the order of a timestamp with whole seconds; rows of one second come as their random
 * IDs fall, as from a table whose primary key is a random UUID.
 */
export const timestampOrderOutbox = (real: RelayOutbox, pool: Pool): RelayOutbox => ({
  lanesWithWork: () => real.lanesWithWork(),
  claim: (_lease, lane, { records, except }) =>
    orUnavailable('claim events', async () =>
      claimedOf(await readRecords(pool, BY_TIMESTAMP, [lane, records]), records, except),
    ),
  acknowledge: (lease, lane, acknowledged) => real.acknowledge(lease, lane, acknowledged),
  recordFailure: (lease, failure, then) => real.recordFailure(lease, failure, then),
});
