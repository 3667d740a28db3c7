import * as t from 'io-ts';
import type { CollectorOptions } from '../checker/collect-evidence.ts';
import { connectForReading, DateTime, nullable, readRows } from '../checker/readers/mysql-rows.ts';
import type { EventTimes } from './outage-recovery.ts';

const OutboxRow = t.type({
  eventId: t.string,
  orderId: t.string,
  sequence: t.number,
  createdAt: DateTime,
  publishedAt: nullable(DateTime),
  status: t.string,
});
const AppliedRow = t.type({ eventId: t.string, appliedAt: DateTime });

const OUTBOX = `
  SELECT event_id AS eventId, order_id AS orderId, sequence, created_at AS createdAt, published_at AS publishedAt, status
  FROM outbox`;
const APPLIED = 'SELECT event_id AS eventId, applied_at AS appliedAt FROM inbox';

const read = async <A>(mysqlUrl: string, row: t.Type<A, unknown>, sql: string): Promise<readonly A[]> => {
  const connection = await connectForReading(mysqlUrl);
  try {
    return await readRows(connection, row, sql);
  } finally {
    connection.destroy();
  }
};

/** When each event of the outbox was created, published and applied by all consumers. One row of memory an event. */
export const readEventTimes = async ({
  mysqlUrl,
  consumers,
}: Pick<CollectorOptions, 'mysqlUrl' | 'consumers'>): Promise<readonly EventTimes[]> => {
  const applied = new Map<string, { count: number; last: number }>();
  for (const consumer of consumers)
    for (const { eventId, appliedAt } of await read(consumer.mysqlUrl, AppliedRow, APPLIED)) {
      const before = applied.get(eventId);
      applied.set(eventId, { count: (before?.count ?? 0) + 1, last: Math.max(before?.last ?? 0, appliedAt) });
    }
  const rows = await read(mysqlUrl, OutboxRow, OUTBOX);
  return rows.map(({ eventId, status, ...times }) => {
    const seen = applied.get(eventId);
    const appliedAt = seen?.count === consumers.length ? seen.last : null;
    return { ...times, appliedAt, quarantined: status === 'QUARANTINED' };
  });
};
