import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { ClockOffset } from '../../application/operations/judge-clocks.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { UnreadableRow, WholeNumber, decodeFirst } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const NOW = `SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS SIGNED) AS now_ms`;
const NowRow = t.strict({ now_ms: WholeNumber });

/** How far MySQL's clock is ahead of this machine's: it was read between the question and the answer. */
export const mysqlClockOffset = (
  pool: MySqlPool,
  clock: Pick<Clock, 'now'>,
): TaskEither<StorageUnavailable, ClockOffset> =>
  storageAttempt('read the time', () =>
    pool.use(async (connection) => {
      const asked = clock.now();
      const row = decodeFirst(NowRow, await connection.rows(NOW));
      const answered = clock.now();
      if (row === undefined) throw new UnreadableRow('MySQL tells no time');
      return { atLeastMs: row.now_ms - answered, atMostMs: row.now_ms - asked };
    }),
  );
