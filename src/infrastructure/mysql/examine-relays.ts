import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { Examination } from '../../application/ports/examination.ts';
import { judgeRelays } from '../../application/operations/judge-relays.ts';
import { MySqlOutboxQueries } from './mysql-outbox-queries.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { WholeNumber, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';
import { unreachableStorage } from './unreachable-storage.ts';

const MEMBERS = `
SELECT owner, TIMESTAMPDIFF(SECOND, NOW(6), expires_at) AS left_s, doorbell FROM relay_members ORDER BY owner`;

const LEASES = `
SELECT name, owner, TIMESTAMPDIFF(SECOND, NOW(6), expires_at) AS left_s FROM relay_leases ORDER BY name`;

const MemberRow = t.strict({ owner: t.string, left_s: WholeNumber, doorbell: t.union([t.string, t.null]) });
const LeaseRow = t.strict({ name: t.string, owner: t.string, left_s: WholeNumber });

/** Who leads which lane, and what waits. */
export const examineRelays = (pool: MySqlPool, lanes: number): Examination => ({
  name: 'relays and backlog',
  run: pipe(
    storageAttempt('look for relays', () =>
      pool.use(async (connection) => ({
        members: decodeRows(MemberRow, await connection.rows(MEMBERS)).map(({ owner, left_s, doorbell }) => ({
          ...{ owner, leftSeconds: left_s, doorbell },
        })),
        leases: decodeRows(LeaseRow, await connection.rows(LEASES)).map(({ name, owner, left_s }) => ({
          ...{ name, owner, leftSeconds: left_s },
        })),
      })),
    ),
    TE.bindTo('seen'),
    TE.bind('stats', () => new MySqlOutboxQueries(pool).stats()),
    TE.mapLeft(unreachableStorage),
    TE.map(({ seen, stats }) => judgeRelays({ ...seen, lanes, stats })),
  ),
});
