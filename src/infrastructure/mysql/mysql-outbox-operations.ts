import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type {
  OutboxOperations,
  RedriveRefused,
  Replacement,
  Skip,
  SkipRefused,
} from '../../application/ports/outbox-operations.ts';
import { OUTBOX_MOVES } from '../../application/ports/outbox-status.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { connectionOf } from './mysql-unit-of-work.ts';
import type { TransactionConnection } from './mysql-unit-of-work.ts';
import { OutboxStatusColumn, isAscii } from './outbox-rows.ts';
import { WholeNumber, decodeFirst } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const { redrive, skip } = OUTBOX_MOVES;

const LOCK_EVENT = `
SELECT id, order_id, sequence, type, status FROM outbox WHERE event_id = ? FOR UPDATE`;

const REPLACEMENT_OF = `
SELECT replacement_event_id FROM outbox_skipped WHERE event_id = ?`;

const REPLACED_BY = `
SELECT event_id FROM outbox_skipped WHERE order_id = ? AND sequence = ? AND replacement_event_id = ?`;

const HEAD_BEFORE = `
SELECT head.event_id FROM outbox_blocks b JOIN outbox head ON head.id = b.outbox_id
WHERE b.order_id = ? AND b.sequence < ?`;

/** `held_by` stays as it is, and so does the block of the order: the order goes on only when this row is acknowledged. */
const REDRIVE = `
UPDATE outbox SET status = '${redrive.to}', attempts = 0, next_attempt_at = NULL
WHERE event_id = ? AND status = '${redrive.from}'`;

const KEEP_SKIPPED = `
INSERT INTO outbox_skipped (event_id, order_id, sequence, type, version, occurred_at, payload, headers, attempts,
  last_error, created_at, skipped_by, reason, replacement_event_id)
SELECT event_id, order_id, sequence, type, version, occurred_at, payload, headers, attempts, last_error, created_at,
  ?, ?, ? FROM outbox WHERE id = ?`;

/**
 * The replacement takes over the row itself, not only its place. The block of the order and the `held_by` of what may
 * be 100,000 successors name the row by `id`, so they stay true without being written; the row keeps an `id` below
 * those of its successors, in whose order claims go; and nothing has to be deleted, which operators may not do.
 * What the relay still wants to write about the skipped event finds another `event_id` and does nothing.
 */
const REPLACE = `
UPDATE outbox FORCE INDEX (PRIMARY)
SET event_id = ?, type = ?, version = ?, occurred_at = NOW(3), payload = ?, headers = ?, created_at = NOW(6),
  status = '${skip.to}', attempts = 0, next_attempt_at = NULL, last_error = NULL, held_by = NULL
WHERE id = ?`;

const EventRow = t.strict({
  id: WholeNumber,
  order_id: t.string,
  sequence: WholeNumber,
  type: t.string,
  status: OutboxStatusColumn,
});
type EventRow = t.TypeOf<typeof EventRow>;
const ReplacementRow = t.strict({ replacement_event_id: t.string });
const EventIdRow = t.strict({ event_id: t.string });

/**
 * The row stays locked until COMMIT. Of a redrive, a skip and what a relay settles, the first to lock it is done and
 * the others then see what it made of the row.
 */
const lockQuarantined = async (
  connection: TransactionConnection,
  eventId: string,
): Promise<Either<RedriveRefused, EventRow>> => {
  if (!isAscii(eventId)) return E.left({ _tag: 'EventNotFound', eventId });
  const row = decodeFirst(EventRow, await connection.rows(LOCK_EVENT, [eventId]));
  if (row?.status === 'QUARANTINED') return E.right(row);
  if (row !== undefined) return E.left({ _tag: 'EventNotQuarantined', eventId, status: row.status });
  const skipped = decodeFirst(ReplacementRow, await connection.rows(REPLACEMENT_OF, [eventId]));
  if (skipped === undefined) return E.left({ _tag: 'EventNotFound', eventId });
  return E.left({ _tag: 'EventAlreadySkipped', eventId, replacementEventId: skipped.replacement_event_id });
};

const refusalOfSkip = async (
  connection: TransactionConnection,
  eventId: string,
  { order_id, sequence }: EventRow,
): Promise<SkipRefused | undefined> => {
  const head = decodeFirst(EventIdRow, await connection.rows(HEAD_BEFORE, [order_id, sequence]));
  if (head !== undefined) return { _tag: 'EventNotHead', eventId, headEventId: head.event_id };
  const replaced = decodeFirst(EventIdRow, await connection.rows(REPLACED_BY, [order_id, sequence, eventId]));
  return replaced && { _tag: 'EventIsReplacement', eventId, skippedEventId: replaced.event_id };
};

/** Operators' writes to table `outbox`. */
export class MySqlOutboxOperations implements OutboxOperations {
  redrive(tx: Transaction, eventId: string): TaskEither<StorageUnavailable | RedriveRefused, void> {
    return pipe(
      storageAttempt('redrive event', async (): Promise<Either<RedriveRefused, void>> => {
        const connection = connectionOf(tx);
        const locked = await lockQuarantined(connection, eventId);
        if (E.isLeft(locked)) return locked;
        await connection.write(REDRIVE, [eventId]);
        return E.right(undefined);
      }),
      TE.flatMapEither((redriven): Either<StorageUnavailable | RedriveRefused, void> => redriven),
    );
  }

  skip(
    tx: Transaction,
    { eventId, skippedBy, reason, replacementOf }: Skip,
  ): TaskEither<StorageUnavailable | SkipRefused, Replacement> {
    return pipe(
      storageAttempt('skip event', async (): Promise<Either<SkipRefused, Replacement>> => {
        const connection = connectionOf(tx);
        const locked = await lockQuarantined(connection, eventId);
        if (E.isLeft(locked)) return locked;
        const { id, type } = locked.right;
        const refusal = await refusalOfSkip(connection, eventId, locked.right);
        if (refusal !== undefined) return E.left(refusal);
        const replacement = replacementOf({ eventId, type });
        await connection.write(KEEP_SKIPPED, [skippedBy, reason, replacement.eventId, id]);
        const { version, payload, headers } = replacement;
        const columns = [replacement.eventId, replacement.type, version, payload, JSON.stringify(headers)];
        await connection.write(REPLACE, [...columns, id]);
        return E.right(replacement);
      }),
      TE.flatMapEither((skipped): Either<StorageUnavailable | SkipRefused, Replacement> => skipped),
    );
  }
}
