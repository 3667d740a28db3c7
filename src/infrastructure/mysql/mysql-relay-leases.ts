import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Option } from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Lease, LeaseLost, RelayLeases } from '../../application/ports/relay-lease.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { storageAttempt } from './storage-attempt.ts';

const CREATE_LEASE = `
INSERT IGNORE INTO relay_leases (name, owner, epoch, expires_at) VALUES (?, '', 0, NOW(6))`;

/** LAST_INSERT_ID(x) hands x back with the answer, so that the new epoch needs no second statement. */
const TAKE_LEASE = `
UPDATE relay_leases
SET epoch = LAST_INSERT_ID(epoch + 1), owner = ?, expires_at = NOW(6) + INTERVAL ? MICROSECOND
WHERE name = ? AND (owner = ? OR expires_at <= NOW(6))`;

const RENEW_LEASE = `
UPDATE relay_leases SET expires_at = NOW(6) + INTERVAL ? MICROSECOND WHERE name = ? AND owner = ? AND epoch = ?`;

const RELEASE_LEASE = `
UPDATE relay_leases SET expires_at = NOW(6) WHERE name = ? AND owner = ? AND epoch = ?`;

const micros = (ms: number): number => Math.round(ms * 1_000);

/**
 * One row per lease name, on the database's clock. The epoch also rises when an owner takes its own lease again, so
 * its own earlier writes are fenced too; an `owner` must be unique per process.
 */
export class MySqlRelayLeases implements RelayLeases {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  acquire(name: string, owner: string, ttlMs: number): TaskEither<StorageUnavailable, Option<Lease>> {
    return storageAttempt('acquire lease', () =>
      this.#pool.use(async (connection) => {
        const take = async (): Promise<Option<Lease>> => {
          const taken = await connection.write(TAKE_LEASE, [owner, micros(ttlMs), name, owner]);
          return taken.affectedRows === 1 ? O.some({ name, owner, epoch: taken.insertId }) : O.none;
        };
        const first = await take();
        if (O.isSome(first)) return first;
        const created = await connection.write(CREATE_LEASE, [name]);
        return created.affectedRows === 1 ? take() : O.none;
      }),
    );
  }

  renew(lease: Lease, ttlMs: number): TaskEither<StorageUnavailable | LeaseLost, void> {
    return pipe(
      storageAttempt('renew lease', () =>
        this.#pool.use((connection) =>
          connection.write(RENEW_LEASE, [micros(ttlMs), lease.name, lease.owner, lease.epoch]),
        ),
      ),
      TE.flatMapEither(({ affectedRows }): Either<StorageUnavailable | LeaseLost, void> =>
        affectedRows === 1 ? E.right(undefined) : E.left({ _tag: 'LeaseLost', lease }),
      ),
    );
  }

  release(lease: Lease): TaskEither<StorageUnavailable, void> {
    return storageAttempt('release lease', () =>
      this.#pool.use(async (connection) => {
        await connection.write(RELEASE_LEASE, [lease.name, lease.owner, lease.epoch]);
      }),
    );
  }
}
