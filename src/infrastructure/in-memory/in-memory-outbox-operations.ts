import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
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
import type { InMemoryDatabase, OutboxRow, Tables } from './in-memory-database.ts';
import { tablesOf } from './in-memory-unit-of-work.ts';

const quarantined = (tables: Tables, eventId: string): Either<RedriveRefused, OutboxRow> => {
  const row = tables.outbox.get(tables.outboxByEvent.get(eventId) ?? -1);
  if (row?.status === 'QUARANTINED') return E.right(row);
  if (row !== undefined) return E.left({ _tag: 'EventNotQuarantined', eventId, status: row.status });
  const skipped = tables.skipped.get(eventId);
  return skipped === undefined
    ? E.left({ _tag: 'EventNotFound', eventId })
    : E.left({ _tag: 'EventAlreadySkipped', eventId, replacementEventId: skipped.replacementEventId });
};

const refusalOfSkip = (tables: Tables, { eventId, orderKey, sequence }: OutboxRow): SkipRefused | undefined => {
  const block = tables.blocks.get(orderKey);
  const head = block === undefined ? undefined : tables.outbox.get(block.outboxId);
  if (head !== undefined && head.sequence < sequence)
    return { _tag: 'EventNotHead', eventId, headEventId: head.eventId };
  const replaced = [...tables.skipped.values()].find(({ replacementEventId }) => replacementEventId === eventId);
  return replaced && { _tag: 'EventIsReplacement', eventId, skippedEventId: replaced.eventId };
};

/** Operators' writes, over the same tables as `InMemoryOutbox`. */
export class InMemoryOutboxOperations implements OutboxOperations {
  constructor(private readonly database: InMemoryDatabase) {}

  redrive(tx: Transaction, eventId: string): TaskEither<StorageUnavailable | RedriveRefused, void> {
    return TE.fromIOEither(() => {
      const tables = tablesOf(tx);
      return E.map((row: OutboxRow) => {
        tables.outbox.set(row.id, { ...row, status: OUTBOX_MOVES.redrive.to, attempts: 0, nextAttemptAt: null });
      })(quarantined(tables, eventId));
    });
  }

  skip(tx: Transaction, skip: Skip): TaskEither<StorageUnavailable | SkipRefused, Replacement> {
    return TE.fromIOEither((): Either<SkipRefused, Replacement> => {
      const tables = tablesOf(tx);
      const found = quarantined(tables, skip.eventId);
      if (E.isLeft(found)) return found;
      const refusal = refusalOfSkip(tables, found.right);
      return refusal === undefined ? E.right(this.replace(tables, found.right, skip)) : E.left(refusal);
    });
  }

  /** As in MySQL, the replacement takes over the row: the block and every `heldBy` stay true. */
  private replace(tables: Tables, row: OutboxRow, { skippedBy, reason, replacementOf }: Skip): Replacement {
    const now = this.database.now();
    const { id, eventId, type } = row;
    const replacement = replacementOf({ eventId, type });
    const { eventId: replacementEventId } = replacement;
    tables.skipped.set(eventId, { ...row, skippedAt: now, skippedBy, reason, replacementEventId });
    tables.outboxByEvent.delete(eventId);
    tables.outboxByEvent.set(replacementEventId, id);
    tables.outbox.set(id, {
      ...row,
      ...replacement,
      occurredAt: new Date(now).toISOString(),
      createdAt: now,
      status: OUTBOX_MOVES.skip.to,
      attempts: 0,
      nextAttemptAt: null,
      lastError: null,
      heldBy: null,
    });
    return replacement;
  }
}
