import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { WholeNumber, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

/** An event that Kafka stored between two moments of MySQL's clock, milliseconds since 1970. */
export interface PublishedEvent {
  readonly partition: number;
  readonly offset: number;
  readonly createdMs: number;
  readonly publishedMs: number;
}

const LATEST = `
SELECT kafka_partition, kafka_offset, CAST(UNIX_TIMESTAMP(created_at) * 1000 AS SIGNED) AS created_ms,
  CAST(CEILING(UNIX_TIMESTAMP(published_at) * 1000) AS SIGNED) AS published_ms
FROM (SELECT * FROM outbox ORDER BY id DESC LIMIT 200) AS latest
WHERE status = 'COMPLETED' ORDER BY TIMESTAMPDIFF(MICROSECOND, created_at, published_at) LIMIT ?`;

const Row = t.strict({
  kafka_partition: WholeNumber,
  kafka_offset: WholeNumber,
  created_ms: WholeNumber,
  published_ms: WholeNumber,
});

/** Of the events that were published last, those that took the shortest time: they tell most of Kafka's clock. */
export const latestPublished = (
  pool: MySqlPool,
  limit: number,
): TaskEither<StorageUnavailable, readonly PublishedEvent[]> =>
  storageAttempt('read published events', async () =>
    decodeRows(Row, await pool.use((connection) => connection.rows(LATEST, [limit]))).map((row) => ({
      ...{ partition: row.kafka_partition, offset: row.kafka_offset },
      ...{ createdMs: row.created_ms, publishedMs: row.published_ms },
    })),
  );
