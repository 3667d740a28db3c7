import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { ConsumerProgress, ConsumerStats, OrderProgress } from '../../application/ports/consumer-progress.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from '../mysql/mysql-pool.ts';
import { TimeMicros, WholeNumber, decodeFirst, decodeRows } from '../mysql/rows.ts';
import { storageAttempt } from '../mysql/storage-attempt.ts';

const nullable = <A>(codec: t.Type<A, unknown>): t.Type<A | null, unknown> => t.union([codec, t.null]);

const OrderRow = t.strict({
  lastSequence: WholeNumber,
  baselineSequence: nullable(WholeNumber),
  baselineBecause: nullable(t.string),
  parkedAt: nullable(TimeMicros),
  parkedEventId: nullable(t.string),
  parkedReason: nullable(t.string),
});
const Applied = t.strict({ sequence: WholeNumber, eventId: t.string, type: t.string, appliedAt: TimeMicros });
const Waiting = t.strict({ sequence: WholeNumber, eventId: t.string, type: t.string, storedAt: TimeMicros });
const CallbackRow = t.strict({
  name: t.string,
  status: t.keyof({ pending: null, delivered: null, refused: null }),
  attempts: WholeNumber,
  lastError: nullable(t.string),
});
const Stats = t.strict({
  parkedOrders: WholeNumber,
  parkedRecords: WholeNumber,
  gapOrders: WholeNumber,
  waitingEvents: WholeNumber,
  pendingCallbacks: WholeNumber,
});

const ORDER = `
  SELECT last_sequence AS lastSequence, baseline_sequence AS baselineSequence, baseline_because AS baselineBecause,
         parked_at AS parkedAt, parked_event_id AS parkedEventId, parked_reason AS parkedReason
    FROM inbox_orders WHERE consumer = ? AND order_id = ?`;
const APPLIED = `
  SELECT sequence, event_id AS eventId, type, applied_at AS appliedAt
    FROM inbox WHERE consumer = ? AND order_id = ? ORDER BY sequence`;
const WAITING = `
  SELECT sequence, event_id AS eventId, type, stored_at AS storedAt
    FROM inbox_waiting WHERE consumer = ? AND order_id = ? ORDER BY sequence, id`;
const CALLBACKS = `
  SELECT name, status, attempts, last_error AS lastError
    FROM callbacks WHERE consumer = ? AND order_id = ? ORDER BY id`;
const STATS = `
  SELECT (SELECT COUNT(*) FROM inbox_orders WHERE consumer = c.name AND parked_at IS NOT NULL) AS parkedOrders,
         (SELECT COUNT(*) FROM inbox_parked_records WHERE consumer = c.name AND order_id IS NULL) AS parkedRecords,
         (SELECT COUNT(DISTINCT w.order_id) FROM inbox_waiting w
            JOIN inbox_orders o ON o.consumer = w.consumer AND o.order_id = w.order_id
           WHERE w.consumer = c.name AND o.parked_at IS NULL) AS gapOrders,
         (SELECT COUNT(*) FROM inbox_waiting WHERE consumer = c.name) AS waitingEvents,
         (SELECT COUNT(*) FROM callbacks WHERE consumer = c.name AND status = 'pending') AS pendingCallbacks
    FROM (SELECT CAST(? AS CHAR(64) CHARACTER SET ascii) COLLATE ascii_bin AS name) c`;

/** Reads with one statement per list: lists of one answer may be some milliseconds apart. */
export class MySqlConsumerProgress implements ConsumerProgress {
  constructor(
    private readonly pool: MySqlPool,
    private readonly consumer: string,
  ) {}

  ofOrder(orderId: string): TaskEither<StorageUnavailable, OrderProgress> {
    return storageAttempt('read progress', () =>
      this.pool.use(async (connection): Promise<OrderProgress> => {
        const key = [this.consumer, orderId];
        const order = decodeFirst(OrderRow, await connection.rows(ORDER, key));
        const { baselineSequence = null, parkedAt = null } = order ?? {};
        return {
          consumer: this.consumer,
          orderId,
          lastSequence: order?.lastSequence ?? 0,
          applied: decodeRows(Applied, await connection.rows(APPLIED, key)),
          waiting: decodeRows(Waiting, await connection.rows(WAITING, key)),
          parked:
            parkedAt === null
              ? null
              : { reason: order?.parkedReason ?? '', eventId: order?.parkedEventId ?? null, parkedAt },
          baseline:
            baselineSequence === null ? null : { sequence: baselineSequence, because: order?.baselineBecause ?? '' },
          callbacks: decodeRows(CallbackRow, await connection.rows(CALLBACKS, key)),
        };
      }),
    );
  }

  stats(): TaskEither<StorageUnavailable, ConsumerStats> {
    return storageAttempt('count what waits', async () => {
      const rows = await this.pool.use((connection) => connection.rows(STATS, [this.consumer]));
      const stats = decodeFirst(Stats, rows);
      if (stats === undefined) throw new TypeError('counting gave no row');
      return stats;
    });
  }
}
