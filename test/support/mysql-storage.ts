import { fileURLToPath } from 'node:url';
import { isLeft } from 'fp-ts/lib/Either.js';
import { createMySqlPool } from '../../src/infrastructure/mysql/mysql-pool.ts';
import type { MySqlPool, MySqlPoolOptions } from '../../src/infrastructure/mysql/mysql-pool.ts';
import { migrate } from '../../src/infrastructure/mysql/migrate.ts';
import { freshDatabase } from './servers.ts';
import type { TestDatabase } from './servers.ts';

export const MIGRATIONS = fileURLToPath(new URL('../../src/infrastructure/mysql/migrations', import.meta.url));

/** A pool with time-outs short enough for tests to wait for. */
export const testPool = (url: string, options: Partial<MySqlPoolOptions> = {}): MySqlPool =>
  createMySqlPool({ url, connections: 8, acquireTimeoutMs: 5_000, queryTimeoutMs: 10_000, ...options });

/** A database of its own with the service's schema. */
export const migratedDatabase = async (): Promise<TestDatabase> => {
  const database = await freshDatabase();
  const migrated = await migrate({ url: database.url, directory: MIGRATIONS })();
  if (isLeft(migrated)) throw new Error(`migrations failed: ${JSON.stringify(migrated.left)}`);
  return database;
};
