import * as O from 'fp-ts/lib/Option.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { Lease, RelayField, RelayLeases } from '../../application/ports/relay-lease.ts';
import type { OpenCircuit } from '../../application/ports/relay-views.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { openCircuitsText } from './mysql-relay-views.ts';
import { WholeNumber, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const CREATE_LEASE = `
INSERT IGNORE INTO relay_leases (name, owner, epoch, expires_at) VALUES (?, '', 0, NOW(6))`;

/** Finds nothing while a settlement still holds the lease's row, be it of a process that is frozen: it is not waited for. */
const LEASE_AT_REST = `
SELECT name FROM relay_leases WHERE name = ? FOR UPDATE SKIP LOCKED`;

/** LAST_INSERT_ID(x) hands x back with the answer, so that the new epoch needs no second statement. */
const TAKE_LEASE = `
UPDATE relay_leases
SET epoch = LAST_INSERT_ID(epoch + 1), owner = ?, expires_at = NOW(6) + INTERVAL ? MICROSECOND
WHERE name = ? AND (owner = ? OR expires_at <= NOW(6))`;

/** By name first, so that a lease of another relay is not even looked at. */
const RENEW_LEASES = `
UPDATE relay_leases FORCE INDEX (PRIMARY) SET expires_at = NOW(6) + INTERVAL ? MICROSECOND
WHERE name IN (?) AND owner = ? AND (name, epoch) IN (?)`;

const OWN_LEASES = `
SELECT name, epoch FROM relay_leases WHERE name IN (?) AND owner = ?`;

/** The epoch rises, so that nothing sent earlier can renew the lease or settle under it. */
const RELEASE_LEASE = `
UPDATE relay_leases SET owner = '', epoch = epoch + 1, expires_at = NOW(6) WHERE name = ? AND owner = ? AND epoch = ?`;

const PROLONG_MEMBER = `
UPDATE relay_members SET expires_at = NOW(6) + INTERVAL ? MICROSECOND, doorbell = ?, open_circuits = ? WHERE owner = ?`;

const ADD_MEMBER = `
INSERT INTO relay_members (owner, expires_at, doorbell, open_circuits)
VALUES (?, NOW(6) + INTERVAL ? MICROSECOND, ?, ?) AS new
ON DUPLICATE KEY UPDATE expires_at = new.expires_at, doorbell = new.doorbell, open_circuits = new.open_circuits`;

const REMOVE_MEMBER = `DELETE FROM relay_members WHERE owner = ?`;

const REMOVE_EXPIRED_MEMBERS = `DELETE FROM relay_members WHERE expires_at <= NOW(6)`;

const LOOK = `
SELECT 'member' AS kind, owner AS name, expires_at > NOW(6) AS live, joined_at FROM relay_members
UNION ALL
SELECT 'lease', name, owner <> ? AND expires_at > NOW(6), NULL FROM relay_leases WHERE name IN (?)
ORDER BY joined_at, name`;

const OwnLease = t.strict({ name: t.string, epoch: WholeNumber });
/** `live`: the member has not expired, or another owner's lease has not. */
const LookRow = t.strict({ kind: t.keyof({ member: null, lease: null }), name: t.string, live: WholeNumber });

const micros = (ms: number): number => Math.round(ms * 1_000);

/**
 * One row for each lease name and each member, on the database's clock. The epoch also rises when an owner takes its
 * own lease again, so its own earlier writes are fenced too; an `owner` must be unique per process.
 */
export class MySqlRelayLeases implements RelayLeases {
  readonly #pool: MySqlPool;
  readonly #doorbell: () => string | undefined;
  readonly #openCircuits: () => readonly OpenCircuit[];

  /** Told with each announcement: where relays of this process hear of commits, and the lanes that the broker does not take. */
  constructor(
    pool: MySqlPool,
    doorbell: () => string | undefined = () => undefined,
    openCircuits: () => readonly OpenCircuit[] = () => [],
  ) {
    this.#pool = pool;
    this.#doorbell = doorbell;
    this.#openCircuits = openCircuits;
  }

  acquire(name: string, owner: string, ttlMs: number): TaskEither<StorageUnavailable, Option<Lease>> {
    return storageAttempt('acquire lease', () =>
      this.#pool.use(async (connection) => {
        const take = async (): Promise<Option<Lease>> => {
          const taken = await connection.write(TAKE_LEASE, [owner, micros(ttlMs), name, owner]);
          return taken.affectedRows === 1 ? O.some({ name, owner, epoch: taken.insertId }) : O.none;
        };
        const atRest = await connection.rows(LEASE_AT_REST, [name]);
        if (atRest.length > 0) return take();
        const created = await connection.write(CREATE_LEASE, [name]);
        return created.affectedRows === 1 ? take() : O.none;
      }),
    );
  }

  renew(leases: readonly Lease[], ttlMs: number): TaskEither<StorageUnavailable, readonly Lease[]> {
    const [first] = leases;
    if (first === undefined) return TE.right([]);
    const names = leases.map(({ name }) => name);
    const held = leases.map(({ name, epoch }) => [name, epoch]);
    return storageAttempt('renew leases', () =>
      this.#pool.use(async (connection) => {
        const renewed = await connection.write(RENEW_LEASES, [micros(ttlMs), names, first.owner, held]);
        if (renewed.affectedRows === leases.length) return [];
        // What was lost stays lost: its epoch never comes back, so looking after the renewal is as good.
        const own = decodeRows(OwnLease, await connection.rows(OWN_LEASES, [names, first.owner]));
        return leases.filter(({ name, epoch }) => !own.some((row) => row.name === name && row.epoch === epoch));
      }),
    );
  }

  release(lease: Lease): TaskEither<StorageUnavailable, void> {
    return this.#write('release lease', RELEASE_LEASE, [lease.name, lease.owner, lease.epoch]);
  }

  /** Only the first one inserts: a late repetition cannot bring back a member that has left. */
  announce(owner: string, ttlMs: number): TaskEither<StorageUnavailable, void> {
    return storageAttempt('announce relay', () =>
      this.#pool.use(async (connection) => {
        const told = [micros(ttlMs), this.#doorbell() ?? null, openCircuitsText(this.#openCircuits())];
        const prolonged = await connection.write(PROLONG_MEMBER, [...told, owner]);
        if (prolonged.affectedRows === 0) await connection.write(ADD_MEMBER, [owner, ...told]);
      }),
    );
  }

  leave(owner: string): TaskEither<StorageUnavailable, void> {
    return this.#write('remove relay', REMOVE_MEMBER, [owner]);
  }

  look(owner: string, names: readonly string[]): TaskEither<StorageUnavailable, RelayField> {
    return storageAttempt('look for relays and leases', () =>
      this.#pool.use(async (connection) => {
        const rows = decodeRows(LookRow, await connection.rows(LOOK, [owner, names]));
        const members = rows.filter(({ kind }) => kind === 'member');
        if (members.some(({ live }) => live === 0)) await connection.write(REMOVE_EXPIRED_MEMBERS);
        const taken = new Set(rows.filter(({ kind, live }) => kind === 'lease' && live === 1).map(({ name }) => name));
        return {
          members: members.flatMap(({ name, live }) => (live === 1 ? [name] : [])),
          free: names.filter((name) => !taken.has(name)),
        };
      }),
    );
  }

  #write(action: string, sql: string, values: readonly (string | number)[]): TaskEither<StorageUnavailable, void> {
    return storageAttempt(action, () =>
      this.#pool.use(async (connection) => {
        await connection.write(sql, values);
      }),
    );
  }
}
