import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import { parseDoorbell } from '../doorbell/doorbell-address.ts';
import type { KnownDoorbell } from '../doorbell/doorbell-ringer.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

/** More relays than that are found by polling alone: a ring is sent to each. */
const MOST_RELAYS = 64;

const DOORBELLS = `
SELECT owner, doorbell FROM relay_members WHERE expires_at > NOW(6) AND doorbell IS NOT NULL
ORDER BY joined_at, owner LIMIT ${MOST_RELAYS}`;

const Row = t.strict({ owner: t.string, doorbell: t.string });

/** Doorbells of the relays that are alive, the eldest first. What is no address is left out. */
export const mysqlDoorbells = (pool: MySqlPool) => (): TaskEither<StorageUnavailable, readonly KnownDoorbell[]> =>
  storageAttempt('read the doorbells of the relays', () =>
    pool.use(async (connection) =>
      decodeRows(Row, await connection.rows(DOORBELLS)).flatMap(({ owner, doorbell }) => {
        const address = parseDoorbell(doorbell);
        return address === undefined ? [] : [{ owner, address }];
      }),
    ),
  );
