import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { ActivityBucket, OutboxActivity, RecentActivity } from '../../application/ports/outbox-activity.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { UnreadableRow, WholeNumber, decodeFirst, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

/** The newest rows are looked at, so many: what they tell costs the same however large the table is. */
const SAMPLE_ROWS = 20_000;
const WINDOW_SECONDS = 60;
const BUCKET_SECONDS = 5;
const SERIES_SECONDS = 300;

const SAMPLE = `sample AS (SELECT sequence, created_at, published_at FROM outbox ORDER BY id DESC LIMIT ${SAMPLE_ROWS})`;

/** How many seconds back the sample is whole: where it takes all the rows it may, older ones are missing. */
const wholeFor = (seconds: number): string => `
  whole AS (SELECT IF(COUNT(*) < ${SAMPLE_ROWS}, ${seconds},
      LEAST(${seconds}, GREATEST(1, TIMESTAMPDIFF(SECOND, MIN(created_at), NOW(6))))) AS secs FROM sample)`;

const RATES = `
WITH ${SAMPLE},${wholeFor(WINDOW_SECONDS)},
  delays AS (SELECT delay, ROW_NUMBER() OVER (ORDER BY delay) AS place, COUNT(*) OVER () AS total FROM (
      SELECT GREATEST(0, TIMESTAMPDIFF(MICROSECOND, created_at, published_at)) AS delay
      FROM sample JOIN whole WHERE published_at > NOW(6) - INTERVAL whole.secs SECOND) AS published)
SELECT (SELECT secs FROM whole) AS seconds,
  (SELECT COUNT(*) FROM sample JOIN whole
    WHERE sequence = 1 AND created_at > NOW(6) - INTERVAL whole.secs SECOND) AS orders,
  COUNT(*) AS published,
  MIN(IF(place >= total * 0.5, delay, NULL)) AS p50, MIN(IF(place >= total * 0.95, delay, NULL)) AS p95,
  MIN(IF(place >= total * 0.99, delay, NULL)) AS p99, MAX(delay) AS longest
FROM delays`;

const bucketOf = (column: string): string =>
  `CAST(FLOOR(UNIX_TIMESTAMP(${column}) / ${BUCKET_SECONDS}) * ${BUCKET_SECONDS} AS SIGNED)`;

/** One row for each bucket in which something happened. */
const BUCKETS = `
WITH ${SAMPLE},${wholeFor(SERIES_SECONDS)}
SELECT at, CAST(SUM(is_order) AS SIGNED) AS orders, CAST(SUM(is_raised) AS SIGNED) AS events,
  CAST(SUM(is_published) AS SIGNED) AS published
FROM (
    SELECT ${bucketOf('created_at')} AS at, sequence = 1 AS is_order, 1 AS is_raised, 0 AS is_published
      FROM sample JOIN whole WHERE created_at > NOW(6) - INTERVAL whole.secs SECOND
    UNION ALL
    SELECT ${bucketOf('published_at')}, 0, 0, 1
      FROM sample JOIN whole WHERE published_at > NOW(6) - INTERVAL whole.secs SECOND
  ) AS happened
GROUP BY at ORDER BY at`;

const RANGE = `
WITH ${SAMPLE},${wholeFor(SERIES_SECONDS)}
SELECT ${bucketOf('NOW(6)')} AS current, ${bucketOf('NOW(6) - INTERVAL secs SECOND')} AS first FROM whole`;

const nullable = t.union([WholeNumber, t.null]);
const RatesRow = t.strict({
  seconds: WholeNumber,
  orders: WholeNumber,
  published: WholeNumber,
  p50: nullable,
  p95: nullable,
  p99: nullable,
  longest: nullable,
});
const BucketRow = t.strict({ at: WholeNumber, orders: WholeNumber, events: WholeNumber, published: WholeNumber });
const RangeRow = t.strict({ current: WholeNumber, first: WholeNumber });

const milliseconds = (micros: number | null): number => (micros ?? 0) / 1_000;

/** The buckets from `first` to the one before `current`, those in which nothing happened too. */
const filled = (
  { first, current }: t.TypeOf<typeof RangeRow>,
  happened: readonly ActivityBucket[],
): readonly ActivityBucket[] => {
  const known = new Map(happened.map((bucket) => [bucket.at, bucket]));
  // What the first one holds began before the sample did.
  return Array.from({ length: Math.max(0, (current - first) / BUCKET_SECONDS - 1) }, (_, index) => {
    const at = first + (index + 1) * BUCKET_SECONDS;
    return known.get(at) ?? { at, orders: 0, events: 0, published: 0 };
  });
};

/** Reads a bounded number of rows by primary key; locks nothing. */
export class MySqlOutboxActivity implements OutboxActivity {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  recent(): TaskEither<StorageUnavailable, RecentActivity> {
    return storageAttempt('look at recent activity', () =>
      this.#pool.use(async (connection): Promise<RecentActivity> => {
        const rates = decodeFirst(RatesRow, await connection.rows(RATES));
        const happened = decodeRows(BucketRow, await connection.rows(BUCKETS));
        const range = decodeFirst(RangeRow, await connection.rows(RANGE));
        if (rates === undefined || range === undefined)
          throw new UnreadableRow('MySQL answered no row to an aggregate');
        const { seconds, orders, published, p50, p95, p99, longest } = rates;
        return {
          windowSeconds: seconds,
          ordersPerSecond: orders / seconds,
          publishedPerSecond: published / seconds,
          publishDelayMs:
            published === 0
              ? null
              : {
                  p50: milliseconds(p50),
                  p95: milliseconds(p95),
                  p99: milliseconds(p99),
                  max: milliseconds(longest),
                },
          bucketSeconds: BUCKET_SECONDS,
          buckets: filled(range, happened),
        };
      }),
    );
  }
}
