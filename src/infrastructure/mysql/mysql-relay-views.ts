import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { OpenCircuit, RelayOverview, RelayViews } from '../../application/ports/relay-views.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { TimeMicros, WholeNumber, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const RELAYS = `
SELECT owner, joined_at, open_circuits FROM relay_members WHERE expires_at > NOW(6) ORDER BY joined_at, owner`;

const LANES = `
SELECT name, IF(expires_at > NOW(6), owner, '') AS owner, epoch FROM relay_leases WHERE name LIKE 'lane-%'`;

const OpenCircuits = t.readonlyArray(t.strict({ lane: t.number, since: t.string, reason: t.string }));

/** Column `open_circuits`. */
const OpenCircuitsColumn = new t.Type<readonly OpenCircuit[], string>(
  'OpenCircuitsColumn',
  OpenCircuits.is,
  (input, context) => {
    if (input === null) return t.success([]);
    if (typeof input !== 'string') return t.failure(input, context);
    const parsed = E.tryCatch((): unknown => JSON.parse(input), String);
    return E.isLeft(parsed) ? t.failure(input, context) : OpenCircuits.validate(parsed.right, context);
  },
  (circuits) => JSON.stringify(circuits),
);

/** As it is written into the column: null when no circuit is open. */
export const openCircuitsText = (circuits: readonly OpenCircuit[]): string | null =>
  circuits.length === 0 ? null : OpenCircuitsColumn.encode(circuits);

const RelayRow = t.strict({ owner: t.string, joined_at: TimeMicros, open_circuits: OpenCircuitsColumn });
const LaneRow = t.strict({ name: t.string, owner: t.string, epoch: WholeNumber });

/** Relays and leases, with one statement each: they may be some milliseconds apart. */
export class MySqlRelayViews implements RelayViews {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  look(): TaskEither<StorageUnavailable, RelayOverview> {
    return storageAttempt('look at relays', () =>
      this.#pool.use(async (connection) => {
        const relays = decodeRows(RelayRow, await connection.rows(RELAYS));
        const lanes = decodeRows(LaneRow, await connection.rows(LANES))
          .map(({ name, owner, epoch }) => ({
            lane: Number(name.slice('lane-'.length)),
            owner: owner === '' ? null : owner,
            epoch,
          }))
          .sort((a, b) => a.lane - b.lane);
        return {
          lanes,
          relays: relays.map(({ owner, joined_at, open_circuits }) => ({
            owner,
            joinedAt: joined_at,
            lanes: lanes.filter((lane) => lane.owner === owner).map(({ lane }) => lane),
            openCircuits: open_circuits,
          })),
        };
      }),
    );
  }
}
