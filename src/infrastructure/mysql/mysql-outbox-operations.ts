import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type {
  EventNotFound,
  EventNotQuarantined,
  OutboxOperations,
} from '../../application/ports/outbox-operations.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { connectionOf } from './mysql-unit-of-work.ts';
import { OutboxStatusColumn, isAscii } from './outbox-rows.ts';
import { decodeFirst } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const LOCK_EVENT = `
SELECT status FROM outbox WHERE event_id = ? FOR UPDATE`;

/** `held_by` stays as it is, and so does the block of the order: the order goes on only when this row is acknowledged. */
const REDRIVE = `
UPDATE outbox SET status = 'PENDING', attempts = 0, next_attempt_at = NULL
WHERE event_id = ? AND status = 'QUARANTINED'`;

const EventRow = t.strict({ status: OutboxStatusColumn });

export class MySqlOutboxOperations implements OutboxOperations {
  redrive(
    tx: Transaction,
    eventId: string,
  ): TaskEither<StorageUnavailable | EventNotFound | EventNotQuarantined, void> {
    type Redriven = Either<EventNotFound | EventNotQuarantined, void>;
    return pipe(
      storageAttempt('redrive event', async (): Promise<Redriven> => {
        const connection = connectionOf(tx);
        const row = isAscii(eventId) ? decodeFirst(EventRow, await connection.rows(LOCK_EVENT, [eventId])) : undefined;
        if (row === undefined) return E.left({ _tag: 'EventNotFound', eventId });
        if (row.status !== 'QUARANTINED') return E.left({ _tag: 'EventNotQuarantined', eventId, status: row.status });
        await connection.write(REDRIVE, [eventId]);
        return E.right(undefined);
      }),
      TE.flatMapEither((redriven): Either<StorageUnavailable | EventNotFound | EventNotQuarantined, void> => redriven),
    );
  }
}
