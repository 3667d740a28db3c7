import { isSome } from 'fp-ts/lib/Option.js';
import { leaseNameOf } from '../../src/application/relay/lane-share.ts';
import { MySqlRelayLeases } from '../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlUnitOfWork } from '../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { rightOf } from './decoded.ts';
import { testPool } from './mysql-storage.ts';

const ATTEMPTS = 7;

/**
 * Does to every sendable event what a relay does whose broker refuses them all: seven attempts each, then QUARANTINED.
 * Answers their IDs.
 */
export const quarantineEvents = async (mysqlUrl: string): Promise<readonly string[]> => {
  const pool = testPool(mysqlUrl);
  try {
    const leases = new MySqlRelayLeases(pool);
    const outbox = new MySqlRelayOutbox(pool, new MySqlUnitOfWork(pool));
    const quarantined: string[] = [];
    for (const lane of rightOf(await outbox.lanesWithWork()())) {
      const acquired = rightOf(await leases.acquire(leaseNameOf(lane), 'test', 60_000)());
      if (!isSome(acquired)) throw new Error('a relay leads the lane');
      const lease = acquired.value;
      const { records } = rightOf(await outbox.claim(lease, lane, { records: 100, bytes: 1_000_000 })());
      const heads = records.filter(
        ({ orderKey }, index) => records.findIndex((r) => r.orderKey === orderKey) === index,
      );
      for (const record of heads) {
        for (let attempts = 0; attempts < ATTEMPTS; attempts += 1) {
          const failure = { record: { ...record, attempts }, error: 'MESSAGE_TOO_LARGE: refused by the broker' };
          const isLast = attempts === ATTEMPTS - 1;
          const then = isLast ? ({ _tag: 'Quarantine' } as const) : ({ _tag: 'RetryAfter', delayMs: 0 } as const);
          rightOf(await outbox.recordFailure(lease, failure, then)());
        }
        quarantined.push(record.eventId);
      }
      rightOf(await leases.release(lease)());
    }
    return quarantined;
  } finally {
    await pool.end();
  }
};
