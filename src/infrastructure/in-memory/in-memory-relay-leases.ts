import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Lease, RelayField, RelayLeases } from '../../application/ports/relay-lease.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { CommittedTables, InMemoryDatabase, MemberRow, Tables } from './in-memory-database.ts';

/** True while nobody else was given the lease, even when it has expired. */
export const isHeld = ({ leases }: Pick<CommittedTables, 'leases'>, { name, owner, epoch }: Lease): boolean => {
  const row = leases.get(name);
  return row !== undefined && row.owner === owner && row.epoch === epoch;
};

const bySeniority = (a: MemberRow, b: MemberRow): number => a.joinedAt - b.joinedAt || (a.owner < b.owner ? -1 : 1);

/** Like the database's, the epoch also rises when an owner takes its own lease again. */
export class InMemoryRelayLeases implements RelayLeases {
  constructor(private readonly database: InMemoryDatabase) {}

  acquire(name: string, owner: string, ttlMs: number): TaskEither<StorageUnavailable, O.Option<Lease>> {
    return this.transact(({ leases }, now) => {
      const row = leases.get(name);
      if (row !== undefined && row.owner !== owner && row.expiresAt > now) return O.none;
      const epoch = (row?.epoch ?? 0) + 1;
      leases.set(name, { name, owner, epoch, expiresAt: now + ttlMs });
      return O.some({ name, owner, epoch });
    });
  }

  renew(held: readonly Lease[], ttlMs: number): TaskEither<StorageUnavailable, readonly Lease[]> {
    return this.transact((tables, now) =>
      held.filter((lease) => {
        if (!isHeld(tables, lease)) return true;
        tables.leases.set(lease.name, { ...lease, expiresAt: now + ttlMs });
        return false;
      }),
    );
  }

  release(lease: Lease): TaskEither<StorageUnavailable, void> {
    return this.transact((tables, now) => {
      const { name, epoch } = lease;
      if (isHeld(tables, lease)) tables.leases.set(name, { name, owner: '', epoch: epoch + 1, expiresAt: now });
    });
  }

  announce(owner: string, ttlMs: number): TaskEither<StorageUnavailable, void> {
    return this.transact(({ members }, now) => {
      members.set(owner, { owner, joinedAt: members.get(owner)?.joinedAt ?? now, expiresAt: now + ttlMs });
    });
  }

  leave(owner: string): TaskEither<StorageUnavailable, void> {
    return this.transact(({ members }) => {
      members.delete(owner);
    });
  }

  look(owner: string, names: readonly string[]): TaskEither<StorageUnavailable, RelayField> {
    return this.transact(({ members, leases }, now) => {
      for (const member of [...members.values()]) if (member.expiresAt <= now) members.delete(member.owner);
      return {
        members: [...members.values()].sort(bySeniority).map((member) => member.owner),
        free: names.filter((name) => {
          const row = leases.get(name);
          return row === undefined || row.owner === owner || row.expiresAt <= now;
        }),
      };
    });
  }

  private transact<A>(work: (tables: Tables, now: number) => A): TaskEither<StorageUnavailable, A> {
    return () =>
      this.database.transact((tables): Promise<Either<StorageUnavailable, A>> =>
        Promise.resolve(E.right(work(tables, this.database.now()))),
      );
  }
}
