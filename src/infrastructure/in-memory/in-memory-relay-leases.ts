import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Lease, LeaseLost, RelayLeases } from '../../application/ports/relay-lease.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { CommittedTables, InMemoryDatabase, LeaseRow } from './in-memory-database.ts';

/** True while nobody else was given the lease, even when it has expired. */
export const isHeld = ({ leases }: Pick<CommittedTables, 'leases'>, { name, owner, epoch }: Lease): boolean => {
  const row = leases.get(name);
  return row !== undefined && row.owner === owner && row.epoch === epoch;
};

/** Like the database's, the epoch also rises when an owner takes its own lease again. */
export class InMemoryRelayLeases implements RelayLeases {
  constructor(private readonly database: InMemoryDatabase) {}

  acquire(name: string, owner: string, ttlMs: number): TaskEither<StorageUnavailable, O.Option<Lease>> {
    return () =>
      this.database.transact(({ leases }): Promise<Either<StorageUnavailable, O.Option<Lease>>> => {
        const row = leases.get(name);
        const now = this.database.now();
        if (row !== undefined && row.owner !== owner && row.expiresAt > now) return Promise.resolve(E.right(O.none));
        const epoch = (row?.epoch ?? 0) + 1;
        leases.set(name, { name, owner, epoch, expiresAt: now + ttlMs });
        return Promise.resolve(E.right(O.some({ name, owner, epoch })));
      });
  }

  renew(lease: Lease, ttlMs: number): TaskEither<StorageUnavailable | LeaseLost, void> {
    return () => this.change(lease, (row, now) => ({ ...row, expiresAt: now + ttlMs }));
  }

  release(lease: Lease): TaskEither<StorageUnavailable, void> {
    return async () => {
      await this.change(lease, (row, now) => ({ ...row, expiresAt: now }));
      return E.right(undefined);
    };
  }

  private change(lease: Lease, change: (row: LeaseRow, now: number) => LeaseRow): Promise<Either<LeaseLost, void>> {
    return this.database.transact((tables): Promise<Either<LeaseLost, void>> => {
      const row = tables.leases.get(lease.name);
      if (row === undefined || !isHeld(tables, lease))
        return Promise.resolve(E.left({ _tag: 'LeaseLost', lease } satisfies LeaseLost));
      tables.leases.set(lease.name, change(row, this.database.now()));
      return Promise.resolve(E.right(undefined));
    });
  }
}
