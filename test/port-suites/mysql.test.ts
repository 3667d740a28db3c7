import type { OutboxEntryDetail, SkippedEntryDetail } from '../../src/application/ports/outbox-queries.ts';
import * as t from 'io-ts';
import { laneOf } from '../../src/application/relay/lanes.ts';
import { MySqlIdempotencyKeys } from '../../src/infrastructure/mysql/mysql-idempotency-keys.ts';
import { MySqlOrderStore } from '../../src/infrastructure/mysql/mysql-order-store.ts';
import { MySqlOutboxOperations } from '../../src/infrastructure/mysql/mysql-outbox-operations.ts';
import { MySqlOutboxQueries } from '../../src/infrastructure/mysql/mysql-outbox-queries.ts';
import { MySqlOutboxRetention } from '../../src/infrastructure/mysql/mysql-outbox-retention.ts';
import { MySqlOutbox } from '../../src/infrastructure/mysql/mysql-outbox.ts';
import { MySqlRelayLeases } from '../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlUnitOfWork } from '../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import type { MySqlPool } from '../../src/infrastructure/mysql/mysql-pool.ts';
import { decodeRows } from '../../src/infrastructure/mysql/rows.ts';
import { migratedDatabase, testPool } from '../support/mysql-storage.ts';
import type { TestDatabase } from '../support/servers.ts';
import { storageSuites } from './storage-suites.ts';
import { LANES, MAX_EVENT_BYTES, right } from './storage-under-test.ts';
import type { StorageUnderTest } from './storage-under-test.ts';

const TABLES = [
  'order_lines',
  'orders',
  'idempotency_keys',
  'outbox',
  'outbox_blocks',
  'outbox_attempts',
  'outbox_skipped',
  'outbox_purges',
  'relay_leases',
  'relay_members',
];

const empty = (pool: MySqlPool): Promise<void> =>
  pool.use(async (connection) => {
    for (const table of TABLES) await connection.write(`DELETE FROM ${table}`);
  });

/** The database's clock cannot be moved, so what it is compared with is moved the other way. */
const passTime = (pool: MySqlPool, ms: number): Promise<void> =>
  pool.use(async (connection) => {
    const micros = ms * 1_000;
    await connection.write('UPDATE relay_leases SET expires_at = expires_at - INTERVAL ? MICROSECOND', [micros]);
    await connection.write(
      `UPDATE relay_members
       SET expires_at = expires_at - INTERVAL ? MICROSECOND, joined_at = joined_at - INTERVAL ? MICROSECOND`,
      [micros, micros],
    );
    const earlier = ['next_attempt_at', 'created_at', 'published_at'].map(
      (column) => `${column} = ${column} - INTERVAL ? MICROSECOND`,
    );
    await connection.write(`UPDATE outbox SET ${earlier.join(', ')}`, [micros, micros, micros]);
  });

describe('MySQL storage', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  before(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  const openMySqlStorage = async (): Promise<StorageUnderTest> => {
    await empty(pool);
    const unitOfWork = new MySqlUnitOfWork(pool);
    const queries = new MySqlOutboxQueries(pool);
    const find = async (eventId: string): Promise<OutboxEntryDetail | SkippedEntryDetail | undefined> =>
      right(queries.find(eventId));
    return {
      unitOfWork,
      orders: new MySqlOrderStore(),
      outbox: new MySqlOutbox({ laneOf: (key) => laneOf(key, LANES), maxEventBytes: MAX_EVENT_BYTES }),
      idempotencyKeys: new MySqlIdempotencyKeys(),
      relayOutbox: new MySqlRelayOutbox(pool, unitOfWork),
      leases: new MySqlRelayLeases(pool),
      operations: new MySqlOutboxOperations(),
      retention: new MySqlOutboxRetention(pool),
      storedEvent: async (eventId) => {
        const found = await find(eventId);
        if (found === undefined || found.status === 'SKIPPED') return undefined;
        const { status, attempts, heldBy, offset } = found;
        return { status, attempts, held: heldBy !== null, offset };
      },
      skippedEvent: async (eventId) => {
        const found = await find(eventId);
        if (found?.status !== 'SKIPPED') return undefined;
        const { orderId: orderKey, sequence, type, payload, attempts, skippedBy, reason, replacementEventId } = found;
        return { orderKey, sequence, type, payload, attempts, skippedBy, reason, replacementEventId };
      },
      attemptsOf: async (eventId) => (await find(eventId))?.history.map(({ attempt }) => attempt) ?? [],
      purges: () =>
        pool.use(async (connection) =>
          decodeRows(
            t.type({ actor: t.string, purgedRows: t.number }),
            await connection.rows('SELECT actor, purged_rows AS purgedRows FROM outbox_purges ORDER BY id'),
          ),
        ),
      passTime: (ms) => passTime(pool, ms),
      close: () => Promise.resolve(),
    };
  };

  storageSuites(openMySqlStorage);
});
